package e2e_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	admissionregv1 "k8s.io/api/admissionregistration/v1"
	authzv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/bailiwick-dev/bailiwick/certs"
	"github.com/bailiwick-dev/bailiwick/e2e/controlplane"
	"github.com/bailiwick-dev/bailiwick/e2e/load"
	"github.com/bailiwick-dev/bailiwick/e2e/wired"
	"github.com/bailiwick-dev/bailiwick/policy"
	policyload "github.com/bailiwick-dev/bailiwick/policy/load"
	"github.com/bailiwick-dev/bailiwick/policy/watch"
	"github.com/bailiwick-dev/bailiwick/webhook"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// servingSecret is where two replicas keep their certificate.
var servingSecret = client.ObjectKey{Namespace: "bailiwick-system", Name: "bailiwick-serving"}

// replicas are two servers that share a Secret, and whose guards are registered, through the first, without a CA: that
// is for them to put in.
func replicas(t *testing.T, api *controlplane.ControlPlane) []*wired.Server {
	t.Helper()
	admin := clientFor(t, api.Admin())
	examples, _, err := policyload.Paths(nil, filepath.Join("..", "examples", "policy"))
	require.NoError(t, err)
	rules := maps.Clone(watch.Rules(policy.Fleet|policy.Here, examples))
	rules[""] = append(rules[""], rbacv1.PolicyRule{
		APIGroups: []string{admissionregv1.GroupName}, Resources: []string{"mutatingwebhookconfigurations", "validatingwebhookconfigurations"},
		Verbs: []string{"list", "watch", "update"},
	})
	rules[servingSecret.Namespace] = []rbacv1.PolicyRule{
		{APIGroups: []string{""}, Resources: []string{"secrets"}, Verbs: []string{"create"}},
		{APIGroups: []string{""}, Resources: []string{"secrets"}, ResourceNames: []string{servingSecret.Name}, Verbs: []string{"get", "watch", "update"}},
	}
	file := kubeconfig(t, api, "bailiwick", rules)
	var servers []*wired.Server
	for range 2 {
		s, err := wired.NewServer(wired.Options{Binary: binary, Log: &testLog{t: t}, OwnCertificate: true, Args: []string{
			"--kubeconfig", file, "--cert-secret", servingSecret.String(), "--insecure-admission",
		}}, t.TempDir())
		require.NoError(t, err)
		t.Cleanup(s.Stop)
		servers = append(servers, s)
	}
	mutating, validating := admit.Configurations(admit.Guards(), nil, func(path string) admissionregv1.WebhookClientConfig {
		return admissionregv1.WebhookClientConfig{URL: new("https://" + servers[0].Address() + path)}
	})
	require.NoError(t, admin.Create(t.Context(), mutating))
	require.NoError(t, admin.Create(t.Context(), validating))
	for _, s := range servers {
		require.NoError(t, s.Start(t.Context()))
	}
	return servers
}

// Leaf and CA are renewed by force, again and again, while both replicas are asked by clients that trust what is
// registered and nothing else, and that learn of it late, and while a real kube-apiserver asks them about writes.
// Nobody is ever refused.
func TestRotationUnderLoad(t *testing.T) {
	api := management(t)
	admin := clientFor(t, api.Admin())
	servers := replicas(t, api)
	trust := followTrust(t, admin)
	first := trust.Load()

	body, err := json.Marshal(reviewOf(authzv1.SubjectAccessReviewSpec{User: "jane", NonResourceAttributes: &authzv1.NonResourceAttributes{Path: "/", Verb: "get"}}))
	require.NoError(t, err)
	asked := load.Ask(t, perSecond, func(client int) load.Target {
		s := servers[client%len(servers)]
		return load.Target{Address: s.Address(), TLS: trusting(s, trust.Load())}
	}, load.Question{Path: webhook.AuthorizePath, Body: string(body), Want: `"allowed":false`})
	writes := startWrites(t, admin)
	authorities := map[string]bool{}
	for _, rotate := range []string{certs.RotateLeaf, certs.RotateCA, certs.RotateLeaf, certs.RotateCA} {
		before := presented(t, servers[0], trust)
		rotateNow(t, admin, rotate)
		for _, s := range servers {
			eventuallyWithin(t, 25*time.Second, "a new certificate", func() bool {
				now := presented(t, s, trust)
				authorities[string(now.AuthorityKeyId)] = true
				return !now.Equal(before)
			})
		}
	}
	requireAnswered(t, asked, writes)
	require.Len(t, authorities, 3)

	_, err = (&tls.Dialer{Config: trusting(servers[0], first)}).DialContext(t.Context(), "tcp", servers[0].Address())
	require.Error(t, err, "who trusts the first two authorities alone had to learn of the third")
	for _, s := range servers {
		require.Equal(t, "0", metric(t, s, "bailiwick_certificates_stale"))
		eventually(t, "a next authority", func() bool {
			return metric(t, s, `bailiwick_certificate_expiration_timestamp_seconds{certificate="next-ca"}`) != ""
		})
	}

	// What was edited is repaired, and a Secret that was deleted comes back as it was.
	before := presented(t, servers[0], trust)
	require.NoError(t, admin.Delete(t.Context(), &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: servingSecret.Namespace, Name: servingSecret.Name}}))
	eventually(t, "the Secret", func() bool { return admin.Get(t.Context(), servingSecret, &corev1.Secret{}) == nil })
	servers[1].Kill()
	require.NoError(t, servers[1].Start(t.Context()))
	require.True(t, presented(t, servers[1], trust).Equal(before))
	mutating := &admissionregv1.MutatingWebhookConfiguration{}
	require.NoError(t, admin.Get(t.Context(), client.ObjectKey{Name: "bailiwick"}, mutating))
	want := mutating.Webhooks[0].ClientConfig.CABundle
	mutating.Webhooks[0].ClientConfig.CABundle = nil
	require.NoError(t, admin.Update(t.Context(), mutating))
	eventually(t, "the CA", func() bool {
		require.NoError(t, admin.Get(t.Context(), client.ObjectKey{Name: "bailiwick"}, mutating))
		return string(mutating.Webhooks[0].ClientConfig.CABundle) == string(want)
	})
}

// followTrust is what the first validating webhook trusts, up to half a second ago: kube-apiservers learn of changes late.
func followTrust(t *testing.T, admin client.Client) *atomic.Pointer[x509.CertPool] {
	t.Helper()
	trust := &atomic.Pointer[x509.CertPool]{}
	read := func(ctx context.Context) error {
		validating := &admissionregv1.ValidatingWebhookConfiguration{}
		if err := admin.Get(ctx, client.ObjectKey{Name: "bailiwick"}, validating); err != nil {
			return err
		}
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(validating.Webhooks[0].ClientConfig.CABundle)
		if now := trust.Load(); now == nil || !now.Equal(pool) {
			trust.Store(pool)
		}
		return nil
	}
	require.NoError(t, read(t.Context()))
	ctx, cancel := context.WithCancel(t.Context())
	var done sync.WaitGroup
	done.Go(func() {
		for ctx.Err() == nil {
			_ = read(ctx)
			time.Sleep(500 * time.Millisecond)
		}
	})
	t.Cleanup(func() { cancel(); done.Wait() })
	return trust
}

func trusting(s *wired.Server, pool *x509.CertPool) *tls.Config {
	conf := s.TLS()
	conf.RootCAs = pool
	return conf
}

// presented is the certificate that a server shows to who trusts what is registered.
func presented(t *testing.T, s *wired.Server, trust *atomic.Pointer[x509.CertPool]) *x509.Certificate {
	t.Helper()
	conn, err := (&tls.Dialer{Config: trusting(s, trust.Load())}).DialContext(t.Context(), "tcp", s.Address())
	require.NoError(t, err)
	defer conn.Close()
	return conn.(*tls.Conn).ConnectionState().PeerCertificates[0]
}

// rotateNow is what `kubectl annotate` does.
func rotateNow(t *testing.T, admin client.Client, what string) {
	t.Helper()
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: servingSecret.Namespace, Name: servingSecret.Name}}
	patch := fmt.Sprintf(`{"metadata":{"annotations":{%q:%q}}}`, certs.RotateAnnotation, what)
	require.NoError(t, admin.Patch(t.Context(), secret, client.RawPatch("application/merge-patch+json", []byte(patch))))
}

func eventuallyWithin(t *testing.T, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if ok() {
			return
		}
	}
	require.FailNow(t, "waited in vain for "+what)
}
