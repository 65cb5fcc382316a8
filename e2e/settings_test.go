package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/bailiwick-dev/bailiwick/certs"
	"github.com/bailiwick-dev/bailiwick/e2e/controlplane"
	"github.com/bailiwick-dev/bailiwick/e2e/wired"
)

// On a real API server settings are created, updated, reset and deleted, and the client sees warnings as well as refusals.
func TestSettings(t *testing.T) {
	s := start(t, filepath.Join("..", "examples", "policy"), []controlplane.CRDSet{controlplane.Harvester})
	warned := &warnings{}
	cfg := rest.CopyConfig(s.Admin())
	cfg.WarningHandlerWithContext = warned
	admin := clientFor(t, cfg)

	for _, tc := range settingCases(t) {
		t.Run(tc.name, func(t *testing.T) { tc.run(t, admin, warned) })
	}

	t.Run("what Harvester keeps cannot be deleted, alone or with all others", func(t *testing.T) {
		kept := harvesterSetting("storage-network", "", "")
		require.NoError(t, admin.Create(t.Context(), kept))
		requireStatus(t, admin.Delete(t.Context(), kept), http.StatusForbidden, "Harvester forbids to delete setting storage-network (empty its value instead")
		requireStatus(t, admin.DeleteAllOf(t.Context(), kept), http.StatusForbidden, "storage-network")
		require.NoError(t, admin.Get(t.Context(), client.ObjectKeyFromObject(kept), kept))
	})

	t.Run("more warnings than the API server passes on", func(t *testing.T) {
		var endpoints []string
		for i := range 60 {
			endpoints = append(endpoints, fmt.Sprintf("\"http://registry-%d.lab.example:5000\"", i))
		}
		value := `{"Mirrors":{"docker.io":{"Endpoints":[` + strings.Join(endpoints, ",") + `]}}}`
		require.NoError(t, admin.Create(t.Context(), harvesterSetting("containerd-registry", "", value)))
		got := warned.take()
		require.Contains(t, got[len(got)-1], "bailiwick settings check shows all", "the API server cuts nothing off")
	})

	t.Run("harvester itself is only warned, and goes on while bailiwick is down", func(t *testing.T) {
		cfg := harvester(t, s, admin)
		cfg.WarningHandlerWithContext = warned
		controller := clientFor(t, cfg)
		level := harvesterSetting("log-level", "info", "loud")
		require.NoError(t, controller.Create(t.Context(), level))
		require.Contains(t, warned.take()[0], "(would be refused from anybody else)")

		s.Server.Kill()
		level.Object["value"] = "louder"
		require.ErrorContains(t, admin.Update(t.Context(), level.DeepCopy()), `failed calling webhook "settings.bailiwick.dev"`)
		require.NoError(t, controller.Update(t.Context(), level))
		require.NoError(t, s.Server.Start(t.Context()))
	})
}

// settingCase is the life of one setting.
type settingCase struct {
	name, initial  string
	bad            string // refused
	field, because string // where and why
	good           string // stored
	warning        string // what is said of it; empty: nothing
}

func settingCases(t *testing.T) []settingCase {
	t.Helper()
	return []settingCase{
		{"http-proxy", "{}",
			`{"httpProxy":"http://p:3128","httpsProxy":"http://p:3128","noProxy":"192.168.20.11"}`,
			"value/noProxy", "192.168.20.12 (node harv2), 192.168.20.13 (node harv3), fd00:20::11 (node harv1)",
			`{"httpProxy":"http://p:3128","httpsProxy":"http://p:3128","noProxy":"192.168.20.11,192.168.20.12/31,fd00:20::11"}`,
			`value/noProxy: these go through the proxy: VIP 192.168.20.10 (set noProxy to "`},
		{"ssl-certificates", "{}",
			certificates(t, "harvester.example", "other.example"),
			"value/privateKey", "does not belong to certificate",
			certificates(t, "harvester.example", ""), "is not valid for 192.168.20.10"},
		{"auto-rotate-rke2-certs", `{"enable":false,"expiringInHours":240}`,
			`{"enable":true,"expiringInHours":8759}`, "value/expiringInHours", "rke2-server would restart again and again",
			`{"enable":true,"expiringInHours":240}`, ""},
	}
}

func (tc settingCase) run(t *testing.T, admin client.Client, warned *warnings) {
	refused := func(err error) {
		t.Helper()
		requireStatus(t, err, http.StatusUnprocessableEntity, tc.because)
		var status apierrors.APIStatus
		require.True(t, errors.As(err, &status))
		require.Equal(t, tc.field, status.Status().Details.Causes[0].Field)
		warned.take()
	}
	refused(admin.Create(t.Context(), harvesterSetting(tc.name, tc.initial, tc.bad)))

	setting := harvesterSetting(tc.name, tc.initial, "")
	require.NoError(t, admin.Create(t.Context(), setting))
	require.Empty(t, warned.take())

	wrong := setting.DeepCopy()
	wrong.Object["value"] = tc.bad
	refused(admin.Update(t.Context(), wrong))

	setting.Object["value"] = tc.good
	require.NoError(t, admin.Update(t.Context(), setting))
	if got := strings.Join(warned.take(), "\n"); tc.warning == "" {
		require.Empty(t, got)
	} else {
		require.Contains(t, got, tc.warning)
	}

	setting.Object["status"] = map[string]any{"conditions": []any{}}
	require.NoError(t, admin.Update(t.Context(), setting))
	require.Empty(t, warned.take(), "nothing is said again to who notes a status")

	reset := setting.DeepCopy()
	reset.Object["value"] = ""
	require.NoError(t, admin.Update(t.Context(), reset, client.DryRunAll))
	require.NoError(t, admin.Delete(t.Context(), setting, client.DryRunAll))
	require.Contains(t, strings.Join(warned.take(), "\n"), "deleting setting "+tc.name+" does not undo it")
	require.NoError(t, admin.Update(t.Context(), reset))
	require.NoError(t, admin.Delete(t.Context(), reset))
	require.Empty(t, warned.take())
}

func harvesterSetting(name, initial, value string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "harvesterhci.io/v1beta1", "kind": "Setting", "metadata": map[string]any{"name": name},
		"default": initial, "value": value,
	}}
}

// certificates is a value of ssl-certificates for a host, with the key of another host's certificate if one is named.
func certificates(t *testing.T, host, keyOf string) string {
	t.Helper()
	ca, err := certs.NewAuthority("test CA", 90*24*time.Hour)
	require.NoError(t, err)
	pair, err := ca.Server(60*24*time.Hour, host)
	require.NoError(t, err)
	if keyOf != "" {
		other, err := ca.Server(60*24*time.Hour, keyOf)
		require.NoError(t, err)
		pair.Key = other.Key
	}
	value, err := json.Marshal(map[string]string{"ca": string(ca.PEM()), "publicCertificate": string(pair.Cert), "privateKey": string(pair.Key)})
	require.NoError(t, err)
	return string(value)
}

// harvester is the configuration of Harvester's own account, which may do everything there as here.
func harvester(t *testing.T, s *wired.System, admin client.Client) *rest.Config {
	t.Helper()
	cfg, err := s.ServiceAccountToken(t.Context(), "harvester-system", "harvester")
	require.NoError(t, err)
	require.NoError(t, admin.Create(t.Context(), &rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: "harvester"},
		RoleRef:  rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "cluster-admin"},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: "harvester-system", Name: "harvester"}},
	}))
	return cfg
}

// warnings are those that a client has seen since they were last taken.
type warnings struct {
	mu   sync.Mutex
	seen []string
}

func (w *warnings) HandleWarningHeaderWithContext(_ context.Context, _ int, _, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, text)
}

func (w *warnings) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	seen := w.seen
	w.seen = nil
	return seen
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
