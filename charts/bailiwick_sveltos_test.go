package charts

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	texttemplate "text/template"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/bailiwick-dev/bailiwick/e2e/controlplane"
	"github.com/bailiwick-dev/bailiwick/e2e/wired"
)

const sveltosInstall = "../examples/sveltos-install"

// TestSveltosInstall: the example is what Sveltos takes and what Bailiwick's own lint finds right; its values, filled in for
// a cluster, install the chart from the repository that `make charts` makes, and its bundle is a policy.
func TestSveltosInstall(t *testing.T) {
	binary, err := wired.Build(t.Context(), t.TempDir())
	require.NoError(t, err)
	lint := func(as string) (string, error) {
		out, err := exec.CommandContext(t.Context(), binary, "lint", "-f", sveltosInstall, "--policy", "../examples/policy",
			"--as", as, "--platform-users", "admin").CombinedOutput()
		return string(out), err
	}
	out, err := lint("admin")
	require.NoError(t, err, out)
	out, err = lint("system:serviceaccount:default:foo")
	require.Error(t, err)
	require.Contains(t, out, "reaches beyond your clusters")

	file, err := os.ReadFile(filepath.Join(sveltosInstall, "clusterprofiles.yaml"))
	require.NoError(t, err)
	var chart map[string]any
	for _, profile := range objects(t, string(file)) {
		charts, _, err := unstructured.NestedSlice(profile.Object, "spec", "helmCharts")
		require.NoError(t, err)
		for _, c := range charts {
			chart = c.(map[string]any)
		}
	}
	repository := chartRepository(t)
	text := render(t, bailiwick, "--repo", repository, "--version", chart["chartVersion"].(string), "--values", valuesFile(t, filled(t, chart["values"].(string))))
	rendered := byKind(objects(t, text))
	require.Contains(t, rendered, "Deployment")
	require.Contains(t, text, "cluster: SveltosCluster:gke/production\n")

	bundle := bundled(t)
	out2, err := exec.CommandContext(t.Context(), binary, "can-i", "list", "secrets", "-A", "-f", bundle,
		"--cluster", "SveltosCluster:gke/production", "--cluster-labels", "org=foo.io", "--as", "system:serviceaccount:projectsveltos:default--foo").CombinedOutput()
	require.NoError(t, err, "%s", out2)
}

// filled is a template of Sveltos for one cluster.
func filled(t *testing.T, values string) string {
	t.Helper()
	toJSON := func(v any) (string, error) { text, err := json.Marshal(v); return string(text), err }
	tmpl, err := texttemplate.New("values").Funcs(texttemplate.FuncMap{"toJson": toJSON}).Parse(values)
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, tmpl.Execute(&b, map[string]any{"Cluster": map[string]any{"kind": "SveltosCluster", "metadata": map[string]any{
		"namespace": "gke", "name": "production", "labels": map[string]any{"org": "foo.io", "env": "production"},
	}}}))
	return b.String()
}

// chartRepository serves what `make charts` makes.
func chartRepository(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "charts")
	cmd := exec.CommandContext(t.Context(), "make", "-C", "..", "charts", "CHARTS="+dir)
	cmd.Env = append(os.Environ(), "KUBEBUILDER_ASSETS="+assets(t))
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	var index struct{ Entries map[string][]any }
	text, err := os.ReadFile(filepath.Join(dir, "index.yaml"))
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, &index))
	require.Contains(t, index.Entries, bailiwick)
	require.Contains(t, index.Entries, harvesterRBAC)
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(server.Close)
	return server.URL
}

// bundled is a directory with what the ConfigMap of the example holds, as it is mounted into the pods.
func bundled(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(sveltosInstall, "policy.yaml"))
	require.NoError(t, err)
	dir := t.TempDir()
	data := func(o *unstructured.Unstructured) map[string]string {
		files, _, err := unstructured.NestedStringMap(o.Object, "data")
		require.NoError(t, err)
		return files
	}
	for _, brought := range objects(t, data(objects(t, string(text))[0])["policy.yaml"]) {
		for name, content := range data(brought) {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
		}
	}
	return dir
}

// TestSveltosInstallApplies: kube-apiserver takes the example with Sveltos' own CRDs, and knows every field.
func TestSveltosInstallApplies(t *testing.T) {
	c, err := controlplane.Start(t.Context(), controlplane.Options{Assets: assets(t), CRDs: []controlplane.CRDSet{controlplane.Sveltos}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Stop()) })
	l := &local{ControlPlane: c, kubeconfig: filepath.Join(t.TempDir(), "kubeconfig")}
	require.NoError(t, c.Kubeconfig(c.Admin(), l.kubeconfig))
	l.run(t, "kubectl create namespace projectsveltos && kubectl apply --validate=strict -f ../examples/sveltos-install")
}
