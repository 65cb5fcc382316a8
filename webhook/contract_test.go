package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	authorizationcel "k8s.io/apiserver/pkg/authorization/cel"
	upstream "k8s.io/apiserver/plugin/pkg/authorizer/webhook"
	"k8s.io/apiserver/plugin/pkg/authorizer/webhook/metrics"
	"k8s.io/client-go/rest"

	"github.com/bailiwick-dev/bailiwick/certs"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook"
)

// The tests of this file ask with the client that kube-apiserver itself asks with.

var versions = []string{"v1", "v1beta1"}

// kubeAPIServer is that client, with its default backoff and nothing cached. When it gets no answer it denies.
func kubeAPIServer(t *testing.T, r *running, version string) authorizer.Authorizer {
	pair, err := r.authority.Client(time.Hour, "kube-apiserver")
	require.NoError(t, err)
	identity := rest.TLSClientConfig{CAData: r.authority.PEM(), CertData: pair.Cert, KeyData: pair.Key}
	config := &rest.Config{Host: r.url + webhook.AuthorizePath, QPS: -1, TLSClientConfig: identity}
	config.Wrap(func(transport http.RoundTripper) http.RoundTripper {
		t.Cleanup(func() { utilnet.CloseIdleConnectionsFor(transport) }) // or the server gives them a second when it ends
		return transport
	})
	return asks(t, version, config, *upstream.DefaultRetryBackoff())
}

func asks(t *testing.T, version string, config *rest.Config, backoff wait.Backoff) authorizer.Authorizer {
	client, err := upstream.New(config, version, 0, 0, backoff, authorizer.DecisionDeny, nil,
		"bailiwick", metrics.NoopAuthorizerMetrics{}, authorizationcel.NewDefaultCompiler())
	require.NoError(t, err)
	return client
}

func TestKubeAPIServerHearsTheDecision(t *testing.T) {
	rs, registry, _ := routes(t)
	server := serve(t, rs.Handler(), registry)
	resource := func(name, resource string) *authorizer.AttributesRecord {
		return &authorizer.AttributesRecord{User: &user.DefaultInfo{Name: name}, Verb: "get", Resource: resource, ResourceRequest: true}
	}
	for name, tc := range map[string]struct {
		ask      *authorizer.AttributesRecord
		decision authorizer.Decision
		reason   string
	}{
		"allowed":            {resource(fooThere, "pods"), authorizer.DecisionAllow, because},
		"denied":             {resource(fooThere, "secrets"), authorizer.DecisionDeny, "denied by guardrail: secrets stay where they are"},
		"no opinion":         {resource("jane", "pods"), authorizer.DecisionNoOpinion, ""},
		"a path is allowed":  {&authorizer.AttributesRecord{User: &user.DefaultInfo{Name: fooThere}, Verb: "get", Path: "/logs/x"}, authorizer.DecisionAllow, because},
		"another path isn't": {&authorizer.AttributesRecord{User: &user.DefaultInfo{Name: fooThere}, Verb: "get", Path: "/metrics"}, authorizer.DecisionNoOpinion, fmt.Sprintf("no grant of %q covers this on SveltosCluster:gke/production", fooThere)},
	} {
		for _, version := range versions {
			t.Run(name+" in "+version, func(t *testing.T) {
				decision, reason, err := kubeAPIServer(t, server, version).Authorize(t.Context(), tc.ask)
				require.NoError(t, err)
				require.Equal(t, tc.decision, decision)
				require.Contains(t, reason, tc.reason)
			})
		}
	}
}

// What we cannot answer leads to the failure policy after one call, not after seconds of trying.
func TestKubeAPIServerDoesNotTryAgain(t *testing.T) {
	whole := &authorizer.AttributesRecord{User: &user.DefaultInfo{Name: "jane"}, Verb: "get", Resource: "pods", ResourceRequest: true}
	nobody := &authorizer.AttributesRecord{Verb: "get", Resource: "pods", ResourceRequest: true}
	large := &authorizer.AttributesRecord{User: &user.DefaultInfo{Name: strings.Repeat("x", 300<<10)}, Verb: "get", Path: "/"}
	for name, tc := range map[string]struct {
		ask    *authorizer.AttributesRecord
		change func(*webhook.Routes)
		want   string // the status, as the client words it
	}{
		"not ready":           {whole, func(rs *webhook.Routes) { rs.Snapshots = &atomic.Pointer[policy.Snapshot]{} }, "unable to handle the request"},
		"a panic":             {whole, func(rs *webhook.Routes) { rs.Authorizer = panics }, "unable to handle the request"},
		"a malformed request": {nobody, func(*webhook.Routes) {}, "rejected our request"},
		"a large request":     {large, func(*webhook.Routes) {}, "status code 413"},
	} {
		for _, version := range versions {
			t.Run(name+" in "+version, func(t *testing.T) {
				rs, registry, _ := routes(t)
				tc.change(rs)
				calls := &atomic.Int32{}
				server := serve(t, counting(calls, rs.Handler()), registry)
				start := time.Now()
				decision, _, err := kubeAPIServer(t, server, version).Authorize(t.Context(), tc.ask)
				require.ErrorContains(t, err, tc.want)
				require.Equal(t, authorizer.DecisionDeny, decision, "the client's failure policy")
				require.EqualValues(t, 1, calls.Load())
				require.Less(t, time.Since(start), 2*time.Second)
			})
		}
	}
}

func TestKubeAPIServerHasToShowACertificate(t *testing.T) {
	calls := &atomic.Int32{}
	server := serve(t, counting(calls, http.NotFoundHandler()), prometheus.NewRegistry())
	stranger, err := certs.NewAuthority("stranger", time.Hour)
	require.NoError(t, err)
	pair, err := stranger.Client(time.Hour, "kube-apiserver")
	require.NoError(t, err)
	for name, identity := range map[string]rest.TLSClientConfig{
		"none":                     {CAData: server.authority.PEM()},
		"one of another authority": {CAData: server.authority.PEM(), CertData: pair.Cert, KeyData: pair.Key},
	} {
		t.Run(name, func(t *testing.T) {
			config := &rest.Config{Host: server.url + webhook.AuthorizePath, TLSClientConfig: identity}
			client := asks(t, "v1", config, wait.Backoff{Steps: 1})
			_, _, err := client.Authorize(t.Context(), &authorizer.AttributesRecord{User: &user.DefaultInfo{Name: "jane"}, Path: "/", Verb: "get"})
			require.Error(t, err)
			require.Zero(t, calls.Load())
		})
	}
}

var panics = authorizer.AuthorizerFunc(func(context.Context, authorizer.Attributes) (authorizer.Decision, string, error) {
	panic(errors.New("boom"))
})

func counting(calls *atomic.Int32, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		next.ServeHTTP(w, r)
	})
}
