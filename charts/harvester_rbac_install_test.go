package charts

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/bailiwick-dev/bailiwick/e2e/controlplane"
)

// local is a cluster in which Rancher's RoleTemplates can be stored.
type local struct {
	*controlplane.ControlPlane
	kubeconfig string
	templates  dynamic.ResourceInterface
}

func startLocal(t *testing.T) *local {
	t.Helper()
	c, err := controlplane.Start(t.Context(), controlplane.Options{Assets: assets(t), CRDPaths: []string{"testdata/crds/roletemplates.yaml"}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Stop()) })
	l := &local{ControlPlane: c, kubeconfig: filepath.Join(t.TempDir(), "kubeconfig")}
	require.NoError(t, c.Kubeconfig(c.Admin(), l.kubeconfig))
	client, err := dynamic.NewForConfig(c.Admin())
	require.NoError(t, err)
	l.templates = client.Resource(schema.GroupVersionResource{Group: "management.cattle.io", Version: "v3", Resource: "roletemplates"})
	return l
}

func (l *local) helm(t *testing.T, args ...string) {
	t.Helper()
	out, err := helm(t, append(args, "--kubeconfig", l.kubeconfig)...)
	require.NoError(t, err, out)
}

// refused is what Helm prints when it fails.
func (l *local) refused(t *testing.T, args ...string) string {
	t.Helper()
	out, err := helm(t, append(args, "--kubeconfig", l.kubeconfig)...)
	require.Error(t, err)
	return out
}

// require checks that the cluster has the four roles as the chart renders them.
func (l *local) require(t *testing.T, release, mode string) {
	t.Helper()
	for _, want := range objects(t, render(t, harvesterRBAC, "--set", "mode="+mode)) {
		got, err := l.templates.Get(t.Context(), want.GetName(), metav1.GetOptions{})
		require.NoError(t, err)
		require.Equal(t, release, got.GetAnnotations()["meta.helm.sh/release-name"])
		for _, o := range []*unstructured.Unstructured{want, got} {
			delete(o.Object, "metadata")
		}
		require.Equal(t, want.Object, got.Object)
	}
}

// TestHarvesterRBACInstall: over roles that somebody wrote by hand, and then over those of another release, the chart is
// refused until what it says is done; the roles are its own from then on, whatever becomes of whom they belonged to.
func TestHarvesterRBACInstall(t *testing.T) {
	l := startLocal(t)
	for _, role := range objects(t, render(t, harvesterRBAC)) {
		_, err := l.templates.Create(t.Context(), role, metav1.CreateOptions{})
		require.NoError(t, err)
	}
	refusal := l.refused(t, "install", "upstream", harvesterRBAC)
	require.Contains(t, refusal, `RoleTemplate "virt-cluster-manage" is there already and belongs to no release.`)
	l.run(t, commands(refusal))
	l.helm(t, "install", "upstream", harvesterRBAC, "--force-conflicts")
	l.require(t, "upstream", "compatible")
	l.helm(t, "upgrade", "upstream", harvesterRBAC, "--set", "mode=hardened", "--force-conflicts")
	l.require(t, "upstream", "hardened")

	install := []string{"install", "bailiwick", harvesterRBAC, "--namespace", "bailiwick-system", "--create-namespace"}
	refusal = l.refused(t, install...)
	require.Contains(t, refusal, `RoleTemplate "virt-cluster-manage" is there already and belongs to the release "upstream" in namespace "default".`)
	l.require(t, "upstream", "hardened")
	l.run(t, commands(refusal))
	l.helm(t, install...)
	l.require(t, "bailiwick", "compatible")
	require.Contains(t, l.refused(t, "uninstall", "upstream"), "not found")
	l.require(t, "bailiwick", "compatible")
}

// commands are the indented lines of a message.
func commands(message string) string {
	var lines []string
	for line := range strings.Lines(message) {
		if command, ok := strings.CutPrefix(line, "  "); ok {
			lines = append(lines, command)
		}
	}
	return strings.Join(lines, "")
}

// run runs shell commands in which kubectl is the administrator's, and returns what they print.
func (l *local) run(t *testing.T, script string) string {
	t.Helper()
	require.Contains(t, script, "kubectl ")
	cmd := exec.CommandContext(t.Context(), "sh", "-euc", script)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+l.kubeconfig, "PATH="+filepath.Dir(l.Kubectl())+":"+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return string(out)
}
