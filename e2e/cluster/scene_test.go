package cluster_test

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/yaml"
)

// foo is the tenant of the examples. He holds every cluster labelled org=foo.io.
const foo = "system:serviceaccount:default:foo"

// scene brings the policy of the examples into the cluster.
func (c *target) scene(t *testing.T) {
	t.Helper()
	c.must(t, "kubectl", "apply", "-f", "testdata/crds.yaml")
	c.must(t, "kubectl", "wait", "--for=condition=Established", "--timeout=30s", "-f", "testdata/crds.yaml")
	c.must(t, "kubectl", "apply", "-f", "../../examples/policy/reservation.yaml")
}

func (c *target) client(t *testing.T) kubernetes.Interface {
	t.Helper()
	client, err := kubernetes.NewForConfig(c.config)
	require.NoError(t, err)
	return client
}

// profiles are ClusterProfiles as a user sees them. The administrator has no name.
func (c *target) profiles(t *testing.T, user string) dynamic.ResourceInterface {
	t.Helper()
	config := rest.CopyConfig(c.config)
	config.Impersonate = rest.ImpersonationConfig{UserName: user}
	client, err := dynamic.NewForConfig(config)
	require.NoError(t, err)
	return client.Resource(schema.GroupVersionResource{Group: "config.projectsveltos.io", Version: "v1beta1", Resource: "clusterprofiles"})
}

// profile is one of the examples.
func profile(t *testing.T, name string) *unstructured.Unstructured {
	t.Helper()
	text, err := os.ReadFile("../../examples/profiles/" + name + ".yaml")
	require.NoError(t, err)
	u := &unstructured.Unstructured{}
	require.NoError(t, yaml.Unmarshal(text, &u.Object))
	return u
}

// try writes one of the example profiles, without storing it.
func (c *target) try(t *testing.T, user, name string) (*unstructured.Unstructured, error) {
	t.Helper()
	return c.profiles(t, user).Create(t.Context(), profile(t, name), metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
}

// eventually waits for what other programs have to notice first: a new configuration, a pod that is ready.
func eventually(t *testing.T, what string, ok func() error) {
	t.Helper()
	var err error
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if err = ok(); err == nil {
			return
		}
	}
	cluster.explain(t)
	require.NoError(t, err, "waited in vain for "+what)
}
