// Package charts holds the Helm charts and their tests, which run a real Helm and a real kube-apiserver.
package charts

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-logr/logr"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/yaml"
)

//go:generate go test . -run Golden -update

func TestMain(m *testing.M) {
	log.SetLogger(logr.Discard()) // controller-runtime asks for one
	os.Exit(m.Run())
}

var update = flag.Bool("update", false, "write the golden files of testdata anew")

// assets is the folder with helm, etcd and kube-apiserver. Without it a test fails rather than being skipped, so that
// no chart is ever untested.
func assets(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("KUBEBUILDER_ASSETS")
	require.NotEmpty(t, folder, "KUBEBUILDER_ASSETS names no folder with helm: run `make test`, or set it to what e2e/tools/build prints")
	return folder
}

// helm runs Helm, which sees no cluster and no configuration of whoever runs the test, and returns all that it printed.
func helm(t *testing.T, args ...string) (string, error) {
	t.Helper()
	home := t.TempDir()
	cmd := exec.CommandContext(t.Context(), filepath.Join(assets(t), "helm"), args...)
	cmd.Env = append(os.Environ(), "HELM_CONFIG_HOME="+home, "HELM_CACHE_HOME="+home, "HELM_DATA_HOME="+home,
		"KUBECONFIG="+filepath.Join(home, "none"))
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// render is what a chart in this folder, or a package of one, renders to, as a release of one fixed name.
func render(t *testing.T, chart string, args ...string) string {
	t.Helper()
	out, err := helm(t, append([]string{"template", "bailiwick", chart, "--namespace", "bailiwick-system"}, args...)...)
	require.NoError(t, err, out)
	return out
}

// valuesFile writes values for --values.
func valuesFile(t *testing.T, values string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "values.yaml")
	require.NoError(t, os.WriteFile(file, []byte(values), 0o600))
	return file
}

// golden compares with a file in testdata/golden, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "golden", name)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "to write it anew with -update, run: make generate")
}

// objects splits rendered manifests.
func objects(t *testing.T, manifests string) []*unstructured.Unstructured {
	t.Helper()
	var objects []*unstructured.Unstructured
	for doc := range strings.SplitSeq("\n"+manifests, "\n---\n") {
		u := &unstructured.Unstructured{}
		require.NoError(t, yaml.UnmarshalStrict([]byte(doc), &u.Object))
		if len(u.Object) > 0 {
			objects = append(objects, u)
		}
	}
	return objects
}

// packaged is the archive of a chart. It renders as its folder does, and has the files that Rancher's catalog reads, and
// some more.
func packaged(t *testing.T, chart string, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	out, err := helm(t, "package", chart, "--destination", dir)
	require.NoError(t, err, out)
	packages, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	require.NoError(t, err)
	require.Len(t, packages, 1)
	require.Equal(t, render(t, chart), render(t, packages[0]))
	listing, err := exec.CommandContext(t.Context(), "tar", "-tzf", packages[0]).Output()
	require.NoError(t, err)
	for _, file := range append(files, "README.md", "app-readme.md", "questions.yaml", "values.schema.json", "icon.svg") {
		require.Contains(t, string(listing), chart+"/"+file+"\n")
	}
	return packages[0]
}
