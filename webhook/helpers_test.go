package webhook_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/stretchr/testify/require"
	k8sauthorizer "k8s.io/apiserver/pkg/authorization/authorizer"

	"github.com/bailiwick-dev/bailiwick/authorizer"
	"github.com/bailiwick-dev/bailiwick/certs"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
	"github.com/bailiwick-dev/bailiwick/webhook"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// tenants gives foo one cluster, with every right there.
const tenants = `
{apiVersion: lib.projectsveltos.io/v1beta1, kind: SveltosCluster, metadata: {namespace: gke, name: production, labels: {org: foo.io}}}
---
apiVersion: lib.projectsveltos.io/v1beta1
kind: RoleRequest
metadata: {name: full-access}
spec:
  serviceAccountNamespace: default
  serviceAccountName: foo
  clusterSelector: {matchLabels: {org: foo.io}}
  roleRefs: [{kind: ConfigMap, namespace: default, name: full-access}]
---
apiVersion: v1
kind: ConfigMap
metadata: {namespace: default, name: full-access}
data:
  role.yaml: |
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata: {name: foo-full-access}
    rules:
    - {apiGroups: ["*"], resources: ["*"], verbs: ["*"]}
    - {nonResourceURLs: ["/logs/*"], verbs: ["get"]}
`

const (
	fooThere = "system:serviceaccount:projectsveltos:default--foo" // as the managed cluster knows him
	fooHere  = "system:serviceaccount:default:foo"                 // as the management cluster does
	because  = `allowed by RoleRequest "full-access" via ClusterRole "foo-full-access" (ConfigMap default/full-access)`
)

// holder has the compiled tenants in force.
func holder(t *testing.T) *atomic.Pointer[policy.Snapshot] {
	objs := &policy.Objects{}
	require.Empty(t, load.Text(objs, "tenants.yaml", []byte(tenants)))
	snap, problems := policy.Compile(objs, policy.Options{Self: policy.ClusterRef{Kind: "SveltosCluster", Namespace: "gke", Name: "production"}})
	require.Empty(t, problems)
	h := &atomic.Pointer[policy.Snapshot]{}
	h.Store(snap)
	return h
}

// noSecrets is a guardrail.
func noSecrets(a k8sauthorizer.Attributes) string {
	if a.GetResource() == "secrets" {
		return "guardrail: secrets stay where they are"
	}
	return ""
}

// routes are what serve runs, over the tenants, with the log in a buffer.
func routes(t *testing.T) (*webhook.Routes, *prometheus.Registry, *buffer) {
	log, registry, snapshots := &buffer{}, prometheus.NewRegistry(), holder(t)
	return &webhook.Routes{
		Authorizer: authorizer.New(snapshots, authorizer.Options{Guardrails: []authorizer.Guardrail{noSecrets}}),
		Guards:     admit.Guards(),
		Snapshots:  snapshots,
		Metrics:    webhook.NewMetrics(registry),
		Log:        slog.New(slog.NewTextHandler(log, nil)),
	}, registry, log
}

// running is a server of this package on loopback, and what its clients need.
type running struct {
	*webhook.Server
	url, side string
	authority *certs.Authority
	stop      context.CancelFunc
	done      chan error // what Run returned
}

// serve runs a handler behind TLS that asks clients for a certificate. It ends with the test.
func serve(t *testing.T, handler http.Handler, registry prometheus.Gatherer, change ...func(*webhook.Server)) *running {
	authority, err := certs.NewAuthority("test CA", time.Hour)
	require.NoError(t, err)
	pair, err := authority.Server(time.Hour, "127.0.0.1")
	require.NoError(t, err)
	s := &webhook.Server{
		Listener: loopback(t), MetricsListener: loopback(t),
		TLS:     &tls.Config{Certificates: []tls.Certificate{keyPair(t, pair)}, ClientCAs: pool(authority), ClientAuth: tls.RequireAndVerifyClientCert},
		Handler: handler,
		Metrics: promhttp.HandlerFor(registry, promhttp.HandlerOpts{}),
		Ready:   func() (bool, string) { return true, "ready" },
		Log:     slog.New(slog.DiscardHandler),
	}
	for _, f := range change {
		f(s)
	}
	ctx, stop := context.WithCancel(context.Background())
	r := &running{s, "https://" + s.Listener.Addr().String(), "http://" + s.MetricsListener.Addr().String(), authority, stop, make(chan error, 1)}
	go func() { r.done <- s.Run(ctx); close(r.done) }()
	t.Cleanup(func() { stop(); <-r.done })
	return r
}

// client shows a certificate of the server's authority and speaks HTTP/2. It counts its connections.
func (r *running) client(t *testing.T) (*http.Client, *atomic.Int32) {
	pair, err := r.authority.Client(time.Hour, "kube-apiserver")
	require.NoError(t, err)
	dials := &atomic.Int32{}
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: pool(r.authority), Certificates: []tls.Certificate{keyPair(t, pair)}},
		ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			dials.Add(1)
			return (&net.Dialer{}).DialContext(ctx, network, address)
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 20 * time.Second}, dials
}

func loopback(t *testing.T) net.Listener {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	return l
}

func keyPair(t *testing.T, pair certs.Pair) tls.Certificate {
	cert, err := tls.X509KeyPair(pair.Cert, pair.Key)
	require.NoError(t, err)
	return cert
}

func pool(authority *certs.Authority) *x509.CertPool {
	p := x509.NewCertPool()
	p.AppendCertsFromPEM(authority.PEM())
	return p
}

// read returns the status and body of a response.
func read(t *testing.T, resp *http.Response, err error) (int, string) {
	t.Helper()
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(body)
}

// buffer is a log that may be written and read at the same time.
type buffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
