package controlplane

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/client/clientset/clientset"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// emptyTemp gives the test a temporary folder of its own, in which nothing may be left.
func emptyTemp(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	t.Cleanup(func() {
		left, err := os.ReadDir(temp)
		require.NoError(t, err)
		require.Empty(t, left)
	})
}

func client(t *testing.T, cfg *rest.Config, err error) kubernetes.Interface {
	require.NoError(t, err)
	c, err := kubernetes.NewForConfig(cfg)
	require.NoError(t, err)
	return c
}

func TestControlPlane(t *testing.T) {
	emptyTemp(t)
	w := newWebhook(t)
	c, err := Start(t.Context(), Options{
		Assets: Assets(t), Authorizer: w.authorizer(), Admission: w.admission(),
		CRDs: []CRDSet{Seed, Harvester, CAPI}, Out: t.Output(),
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Stop()) })

	t.Run("the webhook allows a user and RBAC does not", func(t *testing.T) { testUser(t, c, w) })
	t.Run("a service account reaches the webhook", func(t *testing.T) { testServiceAccount(t, c, w) })
	t.Run("system users do not", func(t *testing.T) { testSystemUsers(t, c, w) })
	t.Run("admission sees the client certificate", func(t *testing.T) { testAdmission(t, c, w) })
	t.Run("CRDs", func(t *testing.T) { requireEstablished(t, c, 6) })
	t.Run("kubectl", func(t *testing.T) { testKubectl(t, c) })
	t.Run("stop", func(t *testing.T) { testStop(t, c) })
}

func testUser(t *testing.T, c *ControlPlane, w *webhook) {
	cfg, err := c.User("alice", "tenants")
	alice := client(t, cfg, err)
	for range 3 {
		_, err = alice.CoreV1().ConfigMaps("default").List(t.Context(), metav1.ListOptions{})
		require.NoError(t, err)
	}
	require.Equal(t, 3, w.counted(w.asked, "alice"), "no answer is kept")
	_, err = alice.CoreV1().Secrets("default").List(t.Context(), metav1.ListOptions{})
	require.True(t, apierrors.IsForbidden(err), err)
}

func testServiceAccount(t *testing.T, c *ControlPlane, w *webhook) {
	for range 2 { // the second time everything exists
		cfg, err := c.ServiceAccountToken(t.Context(), "tenants", "eng")
		eng := client(t, cfg, err)
		_, err = eng.CoreV1().ConfigMaps("default").List(t.Context(), metav1.ListOptions{})
		require.NoError(t, err)
	}
	require.Equal(t, 2, w.counted(w.asked, "system:serviceaccount:tenants:eng"))
	for _, namespace := range []string{"kube-system", ownNamespace, "cattle-impersonation-system"} {
		cfg, err := c.ServiceAccountToken(t.Context(), namespace, "controller")
		_, err = client(t, cfg, err).CoreV1().ConfigMaps("default").List(t.Context(), metav1.ListOptions{})
		require.True(t, apierrors.IsForbidden(err), err)
		require.Zero(t, w.counted(w.asked, "system:serviceaccount:"+namespace+":controller"))
	}
}

func testSystemUsers(t *testing.T, c *ControlPlane, w *webhook) {
	_, err := client(t, c.Admin(), nil).CoreV1().Secrets("default").List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	cfg, err := c.User("system:kube-scheduler")
	_, err = client(t, cfg, err).CoreV1().Nodes().List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err, "RBAC allows it")
	require.Zero(t, w.counted(w.asked, "admin"))
	require.Zero(t, w.counted(w.asked, "system:kube-scheduler"))
}

func testAdmission(t *testing.T, c *ControlPlane, w *webhook) {
	admin := client(t, c.Admin(), nil)
	none, url := admissionregistrationv1.SideEffectClassNone, w.server.URL+"/validate"
	_, err := admin.AdmissionregistrationV1().ValidatingWebhookConfigurations().Create(t.Context(),
		&admissionregistrationv1.ValidatingWebhookConfiguration{
			ObjectMeta: metav1.ObjectMeta{Name: "test"},
			Webhooks: []admissionregistrationv1.ValidatingWebhook{{
				Name:         "test.bailiwick.dev",
				ClientConfig: admissionregistrationv1.WebhookClientConfig{URL: &url, CABundle: w.serving.pem()},
				Rules: []admissionregistrationv1.RuleWithOperations{{
					Operations: []admissionregistrationv1.OperationType{admissionregistrationv1.Create},
					Rule:       admissionregistrationv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"configmaps"}},
				}},
				SideEffects: &none, AdmissionReviewVersions: []string{"v1"},
			}},
		}, metav1.CreateOptions{})
	require.NoError(t, err)
	maps := admin.CoreV1().ConfigMaps("default")
	require.Eventually(t, func() bool { // kube-apiserver needs a moment to see the new configuration
		_, err = maps.Create(t.Context(), &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "refused"}}, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		return err != nil
	}, 5*time.Second, 50*time.Millisecond)
	require.ErrorContains(t, err, `admission webhook "test.bailiwick.dev" denied the request: by name`)
	_, err = maps.Create(t.Context(), &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "welcome"}}, metav1.CreateOptions{})
	require.NoError(t, err)
	require.Equal(t, 2, w.counted(w.reviewed, "apiserver-admission"))
}

func requireEstablished(t *testing.T, c *ControlPlane, count int) {
	extensions, err := clientset.NewForConfig(c.Admin())
	require.NoError(t, err)
	crds, err := extensions.ApiextensionsV1().CustomResourceDefinitions().List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	require.Len(t, crds.Items, count)
	for _, crd := range crds.Items {
		established := false
		for _, condition := range crd.Status.Conditions {
			if condition.Type == apiextensionsv1.NonStructuralSchema {
				t.Errorf("%s: %s", crd.Name, condition.Message)
			}
			established = established || condition.Type == apiextensionsv1.Established && condition.Status == apiextensionsv1.ConditionTrue
		}
		require.True(t, established, crd.Name)
	}
}

func testKubectl(t *testing.T, c *ControlPlane) {
	kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
	bob, err := c.User("bob", "tenants")
	require.NoError(t, err)
	bob.Impersonate.UserName = "carol"
	require.NoError(t, c.Kubeconfig(bob, kubeconfig))
	out, err := exec.Command(c.Kubectl(), "--kubeconfig", kubeconfig, "get", "--raw", "/api/v1/nodes").CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), `User "bob" cannot impersonate`)

	require.NoError(t, c.Kubeconfig(c.Admin(), kubeconfig), "the file is replaced")
	out, err = exec.Command(c.Kubectl(), "--kubeconfig", kubeconfig, "auth", "whoami", "-o", "jsonpath={.status.userInfo.username}").CombinedOutput()
	require.NoError(t, err, string(out))
	require.Equal(t, "admin", string(out))
	info, err := os.Stat(kubeconfig)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode())
}

func testStop(t *testing.T, c *ControlPlane) {
	ours := []*os.Process{c.dir.process(etcd), c.dir.process(apiserver), c.watchdog.cmd.Process}
	for _, process := range ours {
		require.NoError(t, process.Signal(noSignal))
	}
	_, err := client(t, c.Admin(), nil).CoreV1().Pods("").Watch(context.Background(), metav1.ListOptions{})
	require.NoError(t, err)
	began := time.Now()
	require.NoError(t, c.Stop())
	t.Logf("stopped after %.1f s", time.Since(began).Seconds())
	for _, process := range ours {
		require.ErrorIs(t, process.Signal(noSignal), os.ErrProcessDone)
	}
	require.NoDirExists(t, string(c.dir))
	require.NoError(t, c.Stop(), "again")
}
