package e2e_test

import (
	"errors"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/bailiwick-dev/bailiwick/e2e/controlplane"
	"github.com/bailiwick-dev/bailiwick/e2e/wired"
)

func TestSettings(t *testing.T) {
	s := start(t, filepath.Join("..", "examples", "policy"), []controlplane.CRDSet{controlplane.Harvester})
	admin := clientFor(t, s.Admin())

	t.Run("http-proxy that forgets nodes is invalid, with the field that is", func(t *testing.T) {
		err := admin.Create(t.Context(), example(t, "settings/http-proxy-bad.yaml"))
		requireStatus(t, err, http.StatusUnprocessableEntity, "192.168.20.12", "192.168.20.13", "fd00:20::11")
		var status apierrors.APIStatus
		require.True(t, errors.As(err, &status))
		require.NotEmpty(t, status.Status().Details.Causes)
		for _, cause := range status.Status().Details.Causes {
			require.True(t, strings.HasPrefix(cause.Field, "value"), cause.Field)
		}
	})

	t.Run("with the networks of the nodes it is stored", func(t *testing.T) {
		setting := example(t, "settings/http-proxy-good.yaml")
		require.NoError(t, admin.Create(t.Context(), setting))
		setting.Object["value"] = example(t, "settings/http-proxy-bad.yaml").Object["value"]
		requireStatus(t, admin.Update(t.Context(), setting), http.StatusUnprocessableEntity, "192.168.20.12")
		require.NoError(t, admin.Get(t.Context(), client.ObjectKeyFromObject(setting), setting))
		setting.Object["value"] = ""
		require.NoError(t, admin.Update(t.Context(), setting), "a reset always passes")
	})
}

// requireStatus checks what the API server told the user.
func requireStatus(t *testing.T, err error, code int32, contains ...string) {
	t.Helper()
	var status apierrors.APIStatus
	require.True(t, errors.As(err, &status), "want a status of the API server, got %v", err)
	require.Equal(t, code, status.Status().Code, status.Status().Message)
	for _, c := range contains {
		require.Contains(t, status.Status().Message, c)
	}
}

// counted is the value of one series of the server's metrics, 0 when it is not there.
func counted(t *testing.T, s *wired.System, series string) float64 {
	t.Helper()
	text, err := s.Server.Get(t.Context(), "/metrics")
	require.NoError(t, err)
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, series+" "); ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			require.NoError(t, err)
			return n
		}
	}
	return 0
}
