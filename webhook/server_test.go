package webhook_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/webhook"
)

func TestHealthAndMetrics(t *testing.T) {
	rs, registry, _ := routes(t)
	var ready atomic.Bool
	server := serve(t, rs.Handler(), registry, func(s *webhook.Server) {
		s.Ready = func() (bool, string) {
			if ready.Load() {
				return true, "ready, but stale"
			}
			return false, "starting"
		}
	})
	require.Equal(t, reply{http.StatusOK, "ok\n"}, server.get(t, "/healthz"))
	require.Equal(t, reply{http.StatusServiceUnavailable, "starting\n"}, server.get(t, "/readyz"))
	ready.Store(true)
	require.Equal(t, reply{http.StatusOK, "ready, but stale\n"}, server.get(t, "/readyz"))

	metrics := server.get(t, "/metrics")
	require.Equal(t, http.StatusOK, metrics.status)
	require.Contains(t, metrics.body, `bailiwick_decisions_total{endpoint="authorize",guard="",outcome="allowed"} 0`)
	require.Contains(t, metrics.body, `bailiwick_decision_seconds_bucket{endpoint="authorize",le="0.0001"} 0`)

	require.Equal(t, http.StatusNotFound, server.get(t, webhook.AuthorizePath).status, "questions are answered on the other port only")
	resp, err := http.Post(server.side+"/readyz", "text/plain", nil)
	status, _ := read(t, resp, err)
	require.Equal(t, http.StatusMethodNotAllowed, status)
}

func TestListenerThatFailsEndsTheServer(t *testing.T) {
	for name, fail := range map[string]func(*webhook.Server) error{
		"of questions": func(s *webhook.Server) error { return s.Listener.Close() },
		"of metrics":   func(s *webhook.Server) error { return s.MetricsListener.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			rs, registry, _ := routes(t)
			server := serve(t, rs.Handler(), registry)
			require.Eventually(t, func() bool { return server.get(t, "/healthz").status == http.StatusOK }, 10*time.Second, time.Millisecond)
			require.NoError(t, fail(server.Server))
			require.ErrorContains(t, <-server.done, "serving: accept tcp")
		})
	}
}

// reply is what the metrics port answers.
type reply struct {
	status int
	body   string
}

func (r *running) get(t *testing.T, path string) reply {
	t.Helper()
	resp, err := http.Get(r.side + path)
	status, body := read(t, resp, err)
	return reply{status, body}
}
