package cluster_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/bailiwick-dev/bailiwick/certs"
)

// The life of an installation: of an older version at first, judged from, restarted, its certificate and CA renewed,
// upgraded, and removed when its server is gone already. Whoever asks it meanwhile never notices.
func TestDeployment(t *testing.T) {
	c := need(t)
	c.scene(t)
	older := c.older(t)
	c.install(t, older, "--set", "image.tag=previous")
	_, err := c.try(t, foo, "inside")
	require.True(t, apierrors.IsForbidden(err), "RBAC allows foo nothing: %v", err)
	c.authorize(t, c.service(t), serverName, c.serving(t).Bundle)

	t.Run("authorization and admission through the Service", func(t *testing.T) { c.judges(t) })
	t.Run("rolling restart", func(t *testing.T) {
		c.underLoad(t, func(t *testing.T) {
			c.must(t, "kubectl", "rollout", "restart", "deployment/"+release, "-n", namespace)
			c.must(t, "kubectl", "rollout", "status", "deployment/"+release, "-n", namespace, "--timeout=90s")
		})
	})
	for _, what := range []string{certs.RotateLeaf, certs.RotateCA} {
		t.Run("rotation of "+what, func(t *testing.T) {
			c.underLoad(t, func(t *testing.T) { c.rotate(t, what) })
		})
	}
	t.Run("policy reload", func(t *testing.T) {
		c.underLoad(t, func(t *testing.T) { c.changePolicy(t) })
	})
	t.Run("upgrade", func(t *testing.T) {
		c.underLoad(t, func(t *testing.T) {
			c.must(t, "helm", append([]string{"upgrade", release, chart, "-n", namespace, "--wait", "--timeout", "90s"}, values...)...)
		})
		for _, pod := range c.pods(t) {
			require.Equal(t, "ghcr.io/bailiwick-dev/bailiwick:current", pod.Spec.Containers[0].Image)
		}
		c.judges(t)
	})
	t.Run("uninstall without a server", func(t *testing.T) { c.uninstall(t) })
}

// older is this chart as one that was released before: until there is one, only its version and image tell them apart.
func (c *target) older(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	c.must(t, "helm", "package", chart, "--version", "0.0.1", "--destination", dir)
	return dir + "/bailiwick-0.0.1.tgz"
}

// service is the address of the Service.
func (c *target) service(t *testing.T) string {
	t.Helper()
	service, err := c.client(t).CoreV1().Services(namespace).Get(t.Context(), release, metav1.GetOptions{})
	require.NoError(t, err)
	return service.Spec.ClusterIP
}

// judges: what foo writes is allowed, stamped and refused as the policy says.
func (c *target) judges(t *testing.T) {
	t.Helper()
	eventually(t, "a stamped profile", func() error {
		stored, err := c.try(t, foo, "inside")
		if err == nil && stored.GetLabels()["projectsveltos.io/serviceaccount-name"] != "foo" {
			err = fmt.Errorf("it came back with the labels %v", stored.GetLabels())
		}
		return err
	})
	_, err := c.try(t, foo, "outside")
	require.True(t, apierrors.IsForbidden(err), "%v", err)
	require.ErrorContains(t, err, "a cluster labelled org=bar.io would match")
}

// pods are those of the server that are to stay.
func (c *target) pods(t *testing.T) []corev1.Pod {
	t.Helper()
	pods, err := c.client(t).CoreV1().Pods(namespace).List(t.Context(), metav1.ListOptions{LabelSelector: "app.kubernetes.io/name=bailiwick"})
	require.NoError(t, err)
	return slices.DeleteFunc(pods.Items, func(pod corev1.Pod) bool { return pod.DeletionTimestamp != nil })
}

// uninstall: with nobody to answer, guarded writes fail and the rest of the cluster goes on. Helm needs no answer, and
// leaves nothing that would wait for one.
func (c *target) uninstall(t *testing.T) {
	t.Helper()
	c.must(t, "kubectl", "scale", "deployment/"+release, "-n", namespace, "--replicas=0")
	c.must(t, "kubectl", "wait", "--for=delete", "pods", "-n", namespace, "-l", "app.kubernetes.io/name=bailiwick", "--timeout=90s")
	_, err := c.try(t, "", "inside")
	require.ErrorContains(t, err, `failed calling webhook "profiles.bailiwick.dev"`)
	c.must(t, "kubectl", "create", "configmap", "unrelated", "-n", "default", "--dry-run=server")

	c.must(t, "helm", "uninstall", release, "-n", namespace, "--wait", "--timeout", "90s")
	eventually(t, "writes that nobody guards", func() error {
		_, err := c.try(t, "", "inside")
		return err
	})
	left := c.must(t, "kubectl", "get", "mutatingwebhookconfigurations,validatingwebhookconfigurations,clusterroles,clusterrolebindings", "-o", "name")
	require.NotContains(t, left, release)
}
