package webhook_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	k8sauthorizer "k8s.io/apiserver/pkg/authorization/authorizer"

	"github.com/bailiwick-dev/bailiwick/webhook"
)

// The server says that it is not ready, goes on answering until those who ask have noticed, and then ends: nobody who
// listens to /readyz sees a failure.
func TestDrainUnderLoad(t *testing.T) {
	rs, registry, _ := routes(t)
	server := serve(t, rs.Handler(), registry, func(s *webhook.Server) { s.Drain = 2 * time.Second })
	client, dials := server.client(t)
	require.Equal(t, http.StatusOK, server.ask(t, client), "opens the one connection")
	steady := keepAsking(server, client)
	steady.answers(t, 100)

	server.stop()
	draining := reply{http.StatusServiceUnavailable, "draining\n"}
	require.Eventually(t, func() bool { return server.get(t, "/readyz") == draining }, 10*time.Second, time.Millisecond)
	require.Equal(t, http.StatusOK, server.get(t, "/healthz").status, "draining is not being ill")
	steady.answers(t, 100)
	fresh, _ := server.client(t)
	require.Equal(t, http.StatusOK, server.ask(t, fresh), "a new connection is taken while draining")
	steady.stop()

	require.NoError(t, <-server.done)
	require.Zero(t, steady.failed.Load(), "of %d", steady.answered.Load())
	require.EqualValues(t, 1, dials.Load(), "all over one connection")
	for _, l := range []net.Listener{server.Listener, server.MetricsListener} {
		require.True(t, closed(l))
	}
}

func TestRequestUnderWayIsCompleted(t *testing.T) {
	rs, registry, _ := routes(t)
	entered, release := make(chan struct{}), make(chan struct{})
	rs.Authorizer = k8sauthorizer.AuthorizerFunc(func(context.Context, k8sauthorizer.Attributes) (k8sauthorizer.Decision, string, error) {
		close(entered)
		<-release
		return k8sauthorizer.DecisionAllow, "late", nil
	})
	server := serve(t, rs.Handler(), registry)
	client, _ := server.client(t)
	answer := make(chan func() (*http.Response, error), 1)
	go func() {
		resp, err := client.Do(server.question())
		answer <- func() (*http.Response, error) { return resp, err }
	}()
	<-entered
	server.stop()
	require.Eventually(t, func() bool { return closed(server.Listener) }, 10*time.Second, time.Millisecond)
	select {
	case err := <-server.done:
		require.Fail(t, "the server ended before the request", "%v", err)
	default:
	}
	close(release)
	resp, err := (<-answer)()
	status, body := read(t, resp, err)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, `"reason":"late"`)
	require.NoError(t, <-server.done)
}

// askers ask over and over, four at a time.
type askers struct {
	answered, failed atomic.Int64
	stop             func()
}

func keepAsking(server *running, client *http.Client) *askers {
	l := &askers{}
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for ctx.Err() == nil {
				if !answers(client.Do(server.question())) {
					l.failed.Add(1)
				}
				l.answered.Add(1)
			}
		})
	}
	l.stop = func() { cancel(); group.Wait() }
	return l
}

// answers waits for some more answers.
func (l *askers) answers(t *testing.T, n int64) {
	t.Helper()
	enough := l.answered.Load() + n
	require.Eventually(t, func() bool { return l.answered.Load() >= enough }, 10*time.Second, time.Millisecond)
}

func answers(resp *http.Response, err error) bool {
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return err == nil && resp.Body.Close() == nil && resp.StatusCode == http.StatusOK && resp.ProtoMajor == 2
}

// closed says whether a listener takes no more connections.
func closed(l net.Listener) bool {
	conn, err := net.Dial(l.Addr().Network(), l.Addr().String())
	if err == nil {
		_ = conn.Close()
	}
	return err != nil
}

// question is a SubjectAccessReview that is answered with 200.
func (r *running) question() *http.Request {
	req, err := http.NewRequest(http.MethodPost, r.url+webhook.AuthorizePath, strings.NewReader(asksAllowed))
	if err != nil {
		panic(err)
	}
	req.Header.Set("Content-Type", "application/json")
	return req
}

// ask sends the question and returns the status.
func (r *running) ask(t *testing.T, client *http.Client) int {
	t.Helper()
	resp, err := client.Do(r.question())
	status, _ := read(t, resp, err)
	return status
}
