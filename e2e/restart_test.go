package e2e_test

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	admissionregv1 "k8s.io/api/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/certs"
	"github.com/bailiwick-dev/bailiwick/e2e/controlplane"
	"github.com/bailiwick-dev/bailiwick/e2e/load"
	"github.com/bailiwick-dev/bailiwick/e2e/wired"
	"github.com/bailiwick-dev/bailiwick/webhook"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// Two replicas behind one address are restarted in turn, each as soon as the other is ready, as a Deployment does it.
// Nobody who asks through the address sees it, neither clients that connect anew all the time nor a kube-apiserver that
// keeps one connection.
func TestRollingRestartUnderLoad(t *testing.T) {
	const rounds = 3
	r := startReplicated(t)
	admin := clientFor(t, r.api.Admin())
	letTenantsWriteProfiles(t, admin)
	cfg, err := r.api.ServiceAccountToken(t.Context(), "default", "foo")
	require.NoError(t, err)
	eventually(t, "both behind the address", func() bool { return len(*r.front.targets.Load()) == len(r.servers) })

	asked := load.Ask(t, perSecond, func(int) load.Target { return load.Target{Address: r.address(), TLS: r.tls} }, exampleQuestions(t)...)
	reviews, writes := startReviews(t, admin), startWrites(t, clientFor(t, cfg))
	for range rounds {
		for _, s := range r.servers {
			s.Stop()
			require.NoError(t, s.Start(t.Context()))
			eventually(t, "both are known to be ready", func() bool { return int(r.front.ready.Load()) == len(r.servers) })
		}
	}
	requireAnswered(t, asked, reviews, writes)
	t.Logf("%d restarts of each of %d servers", rounds, len(r.servers))
}

// replicated are two servers with one certificate behind one address, and a kube-apiserver that asks them there.
type replicated struct {
	servers []*wired.Server
	front   *balancer
	api     *controlplane.ControlPlane
	tls     *tls.Config // of a client that they trust
}

func (r *replicated) address() string { return r.front.Addr().String() }

func startReplicated(t *testing.T) *replicated {
	t.Helper()
	controlplane.Assets(t) // skips before anything is started
	authority, err := certs.NewAuthority("replicas", time.Hour)
	require.NoError(t, err)
	serving, err := authority.Server(time.Hour, "127.0.0.1")
	require.NoError(t, err)
	caller, err := authority.Client(time.Hour, "kube-apiserver")
	require.NoError(t, err)
	dir := t.TempDir()
	for name, data := range map[string][]byte{"tls.crt": serving.Cert, "tls.key": serving.Key, "ca.crt": authority.PEM()} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
	r := &replicated{}
	for range 2 {
		s, err := wired.NewServer(wired.Options{
			Binary: binary, Log: &testLog{t: t}, PolicyDir: filepath.Join("..", "examples", "policy"), OwnCertificate: true,
			// They drain longer than it takes until new connections go elsewhere. Five seconds, the default, would
			// only make the test slower.
			Args: []string{"--cert-dir", dir, "--client-ca", filepath.Join(dir, "ca.crt"), "--drain", (2 * learned).String(), "--cluster", "SveltosCluster:gke/internal"},
		}, t.TempDir())
		require.NoError(t, err)
		require.NoError(t, s.Start(t.Context()))
		t.Cleanup(s.Kill)
		r.servers = append(r.servers, s)
	}
	r.front = newBalancer(t, r.servers)
	pair, err := tls.X509KeyPair(caller.Cert, caller.Key)
	require.NoError(t, err)
	r.tls = &tls.Config{RootCAs: x509.NewCertPool(), Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	r.tls.RootCAs.AppendCertsFromPEM(authority.PEM())
	r.api = controlplane.ForTest(t, controlplane.Options{
		CRDs:       []controlplane.CRDSet{controlplane.Sveltos},
		Authorizer: &controlplane.Webhook{URL: "https://" + r.address() + webhook.AuthorizePath, CA: authority.PEM(), ClientCert: caller.Cert, ClientKey: caller.Key},
		Admission:  &controlplane.AdmissionClient{Hosts: []string{r.address()}, Cert: caller.Cert, Key: caller.Key},
	})
	mutating, validating := admit.Configurations(admit.Guards(), nil, func(path string) admissionregv1.WebhookClientConfig {
		return admissionregv1.WebhookClientConfig{URL: new("https://" + r.address() + path), CABundle: authority.PEM()}
	})
	admin := clientFor(t, r.api.Admin())
	require.NoError(t, admin.Create(t.Context(), mutating))
	require.NoError(t, admin.Create(t.Context(), validating))
	return r
}
