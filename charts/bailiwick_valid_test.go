package charts

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/bailiwick-dev/bailiwick/e2e/controlplane"
)

// TestBailiwickValid: kube-apiserver takes whatever is documented, and knows each of its fields; in pods that need no host
// it finds nothing that the strictest Pod Security Standard forbids.
func TestBailiwickValid(t *testing.T) {
	c, err := controlplane.Start(t.Context(), controlplane.Options{Assets: assets(t)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Stop()) })
	l := &local{ControlPlane: c, kubeconfig: filepath.Join(t.TempDir(), "kubeconfig")}
	require.NoError(t, c.Kubeconfig(c.Admin(), l.kubeconfig))
	l.run(t, "kubectl create namespace "+system+" && kubectl label namespace "+system+" pod-security.kubernetes.io/warn=restricted && kubectl create namespace cattle-dashboards")
	for name, file := range documented(t) {
		t.Run(name, func(t *testing.T) {
			args := []string{"--values", file}
			if strings.HasSuffix(name, "everything") {
				args = append(args, "--set", "service.clusterIP=10.0.0.53") // of this cluster's network
			}
			out := l.run(t, "kubectl create --dry-run=server --validate=strict -f "+known(t, render(t, bailiwick, args...))+" 2>&1")
			if !strings.Contains(name, "daemonset") && !strings.Contains(name, "static") {
				require.NotContains(t, out, "Warning")
			}
		})
	}
}

// known is a file with those of the objects whose kinds every cluster has, and with the static pod for itself.
func known(t *testing.T, manifests string) string {
	t.Helper()
	var texts []string
	add := func(o *unstructured.Unstructured) {
		text, err := o.MarshalJSON()
		require.NoError(t, err)
		texts = append(texts, string(text))
	}
	for _, o := range objects(t, manifests) {
		group := o.GroupVersionKind().Group
		if slices.Contains([]string{"cert-manager.io", "monitoring.coreos.com"}, group) {
			continue
		}
		add(o)
		if pod, ok, _ := unstructured.NestedString(o.Object, "data", "bailiwick.yaml"); ok {
			add(objects(t, pod)[0])
		}
	}
	file := filepath.Join(t.TempDir(), "known.yaml")
	require.NoError(t, os.WriteFile(file, []byte(strings.Join(texts, "\n---\n")), 0o600))
	return file
}
