package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"
	admissionregv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	admissionclient "k8s.io/client-go/kubernetes/typed/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/certs"
	"github.com/bailiwick-dev/bailiwick/e2e/controlplane"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// registered is a real kube-apiserver, and what keeps webhooks registered with it. Nobody answers these: a write that
// they are told of fails, and any other passes.
type registered struct {
	*registration
	client    *kubernetes.Clientset
	snapshots *atomic.Pointer[policy.Snapshot]
}

func startRegistered(t *testing.T) *registered {
	t.Helper()
	cp := controlplane.ForTest(t, controlplane.Options{})
	client, err := kubernetes.NewForConfig(cp.Admin())
	require.NoError(t, err)
	r := &registered{client: client, snapshots: &atomic.Pointer[policy.Snapshot]{}}
	connect := func() (admissionclient.AdmissionregistrationV1Interface, error) {
		return client.AdmissionregistrationV1(), nil
	}
	r.registration = registrationWith(connect, r.snapshots, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	r.certified = true
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	t.Cleanup(func() { cancel(); require.NoError(t, <-done) })
	go func() { done <- r.Run(ctx) }()
	return r
}

// enforce puts a policy in force.
func (r *registered) enforce(t *testing.T, text string) *policy.Snapshot {
	t.Helper()
	objs := &policy.Objects{}
	require.Empty(t, load.Text(objs, "policy.yaml", []byte(text)))
	snap, _ := policy.Compile(objs, policy.Options{})
	r.snapshots.Store(snap)
	r.changed()
	return snap
}

// nobody is where nobody answers.
func nobody(path string) admissionregv1.WebhookClientConfig {
	return admissionregv1.WebhookClientConfig{URL: new("https://127.0.0.1:1" + path)}
}

// testCA is an authority that has signed nothing.
func testCA(t *testing.T) []byte {
	t.Helper()
	ca, err := certs.NewAuthority("test CA", time.Hour)
	require.NoError(t, err)
	return ca.PEM()
}

// told says whether a write of a ConfigMap or Secret is one that the webhooks are told of.
func (r *registered) told(t *testing.T, kind, namespace, name string) bool {
	t.Helper()
	meta := metav1.ObjectMeta{Namespace: namespace, Name: name}
	if prefix, ok := strings.CutSuffix(name, "*"); ok {
		meta = metav1.ObjectMeta{Namespace: namespace, GenerateName: prefix}
	}
	options := metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}}
	var err error
	if kind == "ConfigMap" {
		_, err = r.client.CoreV1().ConfigMaps(namespace).Create(t.Context(), &corev1.ConfigMap{ObjectMeta: meta}, options)
	} else {
		_, err = r.client.CoreV1().Secrets(namespace).Create(t.Context(), &corev1.Secret{ObjectMeta: meta}, options)
	}
	if err != nil {
		require.ErrorContains(t, err, `failed calling webhook "policysources`)
	}
	return err != nil
}

func (r *registered) becomes(t *testing.T, want bool, kind, namespace, name string) {
	t.Helper()
	require.Eventually(t, func() bool { return r.told(t, kind, namespace, name) == want }, 20*time.Second, 20*time.Millisecond)
}

func naming(name string, refs ...string) string {
	return "{apiVersion: lib.projectsveltos.io/v1beta1, kind: RoleRequest, metadata: {name: " + name + "}, spec: {serviceAccountNamespace: default, " +
		"serviceAccountName: foo, clusterSelector: {matchLabels: {org: foo.io}}, roleRefs: [" + strings.Join(refs, ", ") + "]}}\n---\n" +
		"{apiVersion: lib.projectsveltos.io/v1beta1, kind: SveltosCluster, metadata: {namespace: gke, name: a, labels: {org: foo.io}}}\n"
}

// What the webhooks are told of follows the policy, and is no more than that.
func TestRegistrationFollowsThePolicy(t *testing.T) {
	r := startRegistered(t)
	for _, name := range []string{"grants", "gke"} {
		_, err := r.client.CoreV1().Namespaces().Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
		require.NoError(t, err)
	}
	api := r.client.AdmissionregistrationV1()

	snap := r.enforce(t, naming("a"))
	list, err := api.ValidatingWebhookConfigurations().List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	require.Empty(t, list.Items, "it makes none by itself")
	_, validating := admit.Configurations(admit.Guards(), snap, nobody)
	_, err = api.ValidatingWebhookConfigurations().Create(t.Context(), validating, metav1.CreateOptions{})
	require.NoError(t, err)
	r.becomes(t, true, "Secret", "gke", "a-sveltos-kubeconfig")
	require.False(t, r.told(t, "ConfigMap", "grants", "full"))

	r.enforce(t, naming("a", "{kind: ConfigMap, namespace: grants, name: full}", "{kind: Secret, namespace: grants, name: full}",
		`{kind: ConfigMap, namespace: grants, name: "roles-{{ .ClusterName }}-x"}`, `{kind: ConfigMap, namespace: "", name: anywhere}`, `{kind: Secret, namespace: grants, name: "for-{{ .ClusterName }}"}`))
	r.becomes(t, true, "ConfigMap", "grants", "full")
	for _, tc := range []struct {
		kind, namespace, name string
		told                  bool
	}{
		{"Secret", "grants", "full", true},
		{"ConfigMap", "grants", "roles-a-x", true},
		{"ConfigMap", "grants", "roles-b-x", true},
		{"ConfigMap", "gke", "anywhere", true},
		{"ConfigMap", "default", "anywhere", true},
		{"Secret", "gke", "a-sveltos-kubeconfig", true},
		{"Secret", "grants", "for-*", true}, // the API server makes up names before it asks
		{"ConfigMap", "grants", "other", false},
		{"ConfigMap", "grants", "full*", false},
		{"ConfigMap", "gke", "roles-a-x", false},
		{"ConfigMap", "default", "full", false},
		{"ConfigMap", "gke", "a-sveltos-kubeconfig", false},
		{"Secret", "gke", "anywhere", false},
		{"Secret", "default", "full", false},
		{"Secret", "default", "kubeconfig*", false},
	} {
		require.Equal(t, tc.told, r.told(t, tc.kind, tc.namespace, tc.name), tc)
	}

	// What nobody names any more is nobody's business, and without the label nothing changes.
	registered, err := api.ValidatingWebhookConfigurations().Get(t.Context(), "bailiwick", metav1.GetOptions{})
	require.NoError(t, err)
	r.enforce(t, naming("a", "{kind: ConfigMap, namespace: grants, name: later}"))
	r.becomes(t, true, "ConfigMap", "grants", "later")
	require.False(t, r.told(t, "ConfigMap", "grants", "full"))
	registered, err = api.ValidatingWebhookConfigurations().Get(t.Context(), registered.Name, metav1.GetOptions{})
	require.NoError(t, err)
	delete(registered.Labels, admit.RegistrationLabel)
	_, err = api.ValidatingWebhookConfigurations().Update(t.Context(), registered, metav1.UpdateOptions{})
	require.NoError(t, err)
	r.enforce(t, naming("a"))
	for range 10 {
		time.Sleep(100 * time.Millisecond)
		require.True(t, r.told(t, "ConfigMap", "grants", "later"))
	}
	require.Zero(t, testutil.ToFloat64(r.stale))
}

// Deletions reach the guard under the name of what is deleted, except those of the control plane.
func TestRegistrationOfDeletions(t *testing.T) {
	r := startRegistered(t)
	for _, name := range []string{"full", "other"} {
		_, err := r.client.CoreV1().ConfigMaps("default").Create(t.Context(), &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
		require.NoError(t, err)
	}
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "planted", Labels: map[string]string{"projectsveltos.io/role-cluster": "a"}}}
	_, err := r.client.CoreV1().Secrets("default").Create(t.Context(), secret, metav1.CreateOptions{})
	require.NoError(t, err)
	_, validating := admit.Configurations(admit.Guards(), r.enforce(t, naming("a", "{kind: ConfigMap, namespace: default, name: full}")), nobody)
	_, err = r.client.AdmissionregistrationV1().ValidatingWebhookConfigurations().Create(t.Context(), validating, metav1.CreateOptions{})
	require.NoError(t, err)
	r.becomes(t, true, "ConfigMap", "default", "full")

	const failed = `failed calling webhook "policysources`
	require.ErrorContains(t, r.client.CoreV1().ConfigMaps("default").Delete(t.Context(), "full", metav1.DeleteOptions{}), failed)
	require.ErrorContains(t, r.client.CoreV1().Secrets("default").Delete(t.Context(), "planted", metav1.DeleteOptions{}), failed)
	require.ErrorContains(t, r.client.CoreV1().ConfigMaps("default").DeleteCollection(t.Context(), metav1.DeleteOptions{}, metav1.ListOptions{FieldSelector: "metadata.name=full"}), failed)
	stripped := secret.DeepCopy()
	stripped.Labels = nil
	_, err = r.client.CoreV1().Secrets("default").Update(t.Context(), stripped, metav1.UpdateOptions{})
	require.ErrorContains(t, err, failed)
	require.NoError(t, r.client.CoreV1().ConfigMaps("default").Delete(t.Context(), "other", metav1.DeleteOptions{}))
}

// Names of thousands fit, and cost a write next to nothing.
func TestRegistrationOfManyNames(t *testing.T) {
	r := startRegistered(t)
	r.mu.Lock()
	r.create, r.bundle = nobody, testCA(t)
	r.mu.Unlock()
	const names = 20_000
	var refs []string
	for i := range names {
		refs = append(refs, fmt.Sprintf("{kind: ConfigMap, namespace: grants-%04d, name: role-request-%05d}", i%50, i))
	}
	began := time.Now()
	r.enforce(t, naming("many", refs...))
	require.Eventually(t, func() bool {
		_, err := r.client.AdmissionregistrationV1().ValidatingWebhookConfigurations().Get(t.Context(), "bailiwick", metav1.GetOptions{})
		return err == nil
	}, 30*time.Second, 50*time.Millisecond)
	r.becomes(t, true, "Secret", "default", "a-kubeconfig")
	t.Logf("%d names were in force after %s", names, time.Since(began))
	_, err := r.client.CoreV1().Namespaces().Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "grants-0049"}}, metav1.CreateOptions{})
	require.True(t, err == nil || apierrors.IsAlreadyExists(err))
	require.True(t, r.told(t, "ConfigMap", "grants-0049", "role-request-19999"))
	require.False(t, r.told(t, "ConfigMap", "grants-0049", "role-request-19998"))
	const writes = 50
	began = time.Now()
	for i := range writes {
		require.False(t, r.told(t, "ConfigMap", "default", fmt.Sprintf("x-%d", i)))
	}
	t.Logf("a write that is not told took %s", time.Since(began)/writes)
}

// What the webhooks trust is repaired when somebody has edited it, and configurations that were deleted come back.
func TestRegistrationIsRepaired(t *testing.T) {
	r := startRegistered(t)
	api := r.client.AdmissionregistrationV1()
	r.enforce(t, naming("a"))
	r.mu.Lock()
	r.create = nobody
	r.mu.Unlock()
	require.NoError(t, r.reconcile(t.Context(), nil))
	list, err := api.ValidatingWebhookConfigurations().List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	require.Empty(t, list.Items, "without a certificate none is made")

	ca := testCA(t)
	require.NoError(t, r.Publish(t.Context(), ca))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go r.followRegistered(ctx, func() { _ = r.Publish(ctx, ca) }) // as the rotation of certificates does
	trusted := func() bool {
		held, err := r.Held(t.Context())
		require.NoError(t, err)
		return len(held) == mutatingAndJudging() && !slices.ContainsFunc(held, func(bundle []byte) bool { return !bytes.Equal(bundle, ca) })
	}
	require.True(t, trusted())

	edited, err := api.MutatingWebhookConfigurations().Get(t.Context(), "bailiwick", metav1.GetOptions{})
	require.NoError(t, err)
	edited.Webhooks[0].ClientConfig.CABundle = nil
	strange := edited.Webhooks[0].DeepCopy()
	strange.Name, strange.ClientConfig = "somebody.else.example", admissionregv1.WebhookClientConfig{URL: new("https://127.0.0.1:1/else")}
	edited.Webhooks = append(edited.Webhooks, *strange)
	_, err = api.MutatingWebhookConfigurations().Update(t.Context(), edited, metav1.UpdateOptions{})
	require.NoError(t, err)
	require.Eventually(t, trusted, 20*time.Second, 20*time.Millisecond)
	edited, err = api.MutatingWebhookConfigurations().Get(t.Context(), "bailiwick", metav1.GetOptions{})
	require.NoError(t, err)
	require.Empty(t, edited.Webhooks[len(edited.Webhooks)-1].ClientConfig.CABundle, "not ours")

	require.NoError(t, api.MutatingWebhookConfigurations().Delete(t.Context(), "bailiwick", metav1.DeleteOptions{}))
	require.NoError(t, api.ValidatingWebhookConfigurations().Delete(t.Context(), "bailiwick", metav1.DeleteOptions{}))
	require.Eventually(t, trusted, 20*time.Second, 20*time.Millisecond)
}

// mutatingAndJudging is how many webhooks all guards have.
func mutatingAndJudging() int {
	mutating, validating := admit.Configurations(admit.Guards(), &policy.Snapshot{}, nobody)
	return len(mutating.Webhooks) + len(validating.Webhooks)
}
