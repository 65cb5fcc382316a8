package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// The commands that docs/operations.md shows. They use bailiwick, kubectl and the flags in $CLUSTER.
const (
	applyRBAC = `bailiwick gen rbac $CLUSTER -f policy/ | kubectl apply --server-side -f -`
	pruneRBAC = `
kubectl get clusterroles,clusterrolebindings,rolebindings -A -l bailiwick.dev/rendered -o yaml |
  bailiwick gen rbac $CLUSTER -f policy/ --prune-from - |
  kubectl delete --ignore-not-found -f -`
)

const rancherUsers = `
apiVersion: management.cattle.io/v3
kind: RoleTemplate
metadata: {name: work}
context: project
rules:
- {apiGroups: [""], resources: [pods], verbs: ["*"]}
- {apiGroups: [""], resources: [nodes], verbs: [list]}
---
apiVersion: management.cattle.io/v3
kind: ProjectRoleTemplateBinding
metadata: {namespace: p-web, name: alice}
projectName: c-x:p-web
roleTemplateName: work
userName: u-alice
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, annotations: {field.cattle.io/projectId: "c-x:p-web"}}
`

// An API server that asks nobody allows what was rendered, and no more once the policy has changed and what vanished
// from it is pruned.
func TestRenderedRBAC(t *testing.T) {
	api := management(t)
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(dir, "policy"), os.DirFS("../examples/policy")))
	users := filepath.Join(dir, "policy", "users.yaml")
	require.NoError(t, os.WriteFile(users, []byte(rancherUsers), 0o600))
	require.NoError(t, api.Kubeconfig(api.Admin(), filepath.Join(dir, "kubeconfig")))
	require.NoError(t, os.Symlink(api.Kubectl(), filepath.Join(dir, "kubectl")))
	shell := func(script string) string {
		cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", script)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "PATH="+dir+":"+filepath.Dir(binary)+":"+os.Getenv("PATH"), "KUBECONFIG="+filepath.Join(dir, "kubeconfig"),
			"CLUSTER=--cluster SveltosCluster:gke/internal --rancher-cluster c-x")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		return string(out)
	}

	admin := clientFor(t, api.Admin())
	for _, namespace := range []string{"foo-eng", "foo-hr", "bar-resource", "shop"} {
		ensureNamespace(t, admin, namespace)
	}
	others := &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: "others"}}
	require.NoError(t, admin.Create(t.Context(), others))
	tenant := func(name string) client.Client {
		cfg, err := api.ServiceAccountToken(t.Context(), "projectsveltos", name)
		require.NoError(t, err)
		return clientFor(t, cfg)
	}
	foo, bar := tenant("default--foo"), tenant("default--bar")
	cfg, err := api.User("u-alice")
	require.NoError(t, err)
	alice := clientFor(t, cfg)
	lists := func(c client.Client, namespace string) func() bool {
		return func() bool { return c.List(t.Context(), pods(), client.InNamespace(namespace)) == nil }
	}

	shell(applyRBAC)
	eventually(t, "the grants of foo", lists(foo, "foo-hr"))
	eventually(t, "the grants of bar", lists(bar, "bar-resource"))
	eventually(t, "the grants of alice", lists(alice, "shop"))
	requireNamespaces(t, foo, []string{"foo-eng", "foo-hr"}, []string{"bar-resource", "default", ""})
	requireNamespaces(t, alice, []string{"shop"}, []string{"foo-eng", ""})
	require.Equal(t, "yes", answer(t, shell, "kubectl auth can-i list nodes --as u-alice"))
	require.Equal(t, "yes", answer(t, shell, "kubectl auth can-i get namespaces/shop --as u-alice"))
	require.Equal(t, "yes", answer(t, shell, "kubectl auth can-i delete pods -n shop --as u-alice"))
	require.Equal(t, "no", answer(t, shell, "kubectl auth can-i impersonate pods -n shop --as u-alice"))
	before := shell("kubectl get clusterroles,clusterrolebindings,rolebindings -A -l bailiwick.dev/rendered -o yaml")
	shell(applyRBAC)
	require.Contains(t, shell(pruneRBAC), "No resources found", "nothing has vanished")
	require.Equal(t, before, shell("kubectl get clusterroles,clusterrolebindings,rolebindings -A -l bailiwick.dev/rendered -o yaml"))

	// bar loses his only namespace, alice her only role, and foo keeps one of his two namespaces.
	require.NoError(t, os.Remove(users))
	sharing := filepath.Join(dir, "policy", "sharing.yaml")
	text, err := os.ReadFile(sharing)
	require.NoError(t, err)
	kept := strings.Split(string(text), "---")[:2]
	kept[1], _, _ = strings.Cut(kept[1], "  hr.yaml:")
	require.NoError(t, os.WriteFile(sharing, []byte(strings.Join(kept, "---")), 0o600))
	shell(applyRBAC)
	shell(pruneRBAC)
	eventually(t, "the end of foo's second namespace", func() bool { return !lists(foo, "foo-hr")() })
	eventually(t, "the end of bar's grants", func() bool { return !lists(bar, "bar-resource")() })
	eventually(t, "the end of alice's grants", func() bool { return !lists(alice, "shop")() })
	requireNamespaces(t, foo, []string{"foo-eng"}, []string{"foo-hr", ""})
	require.Equal(t, "no", answer(t, shell, "kubectl auth can-i list nodes --as u-alice"))
	require.Equal(t, 2, strings.Count(shell("kubectl get clusterroles,clusterrolebindings,rolebindings -A -l bailiwick.dev/rendered -o name"), "\n"))

	// Nothing is granted any more.
	require.NoError(t, os.Remove(sharing))
	require.Contains(t, shell("("+applyRBAC+") 2>&1 || true"), "no objects passed to apply")
	shell(pruneRBAC)
	require.Empty(t, shell("kubectl get clusterroles,clusterrolebindings,rolebindings -A -l bailiwick.dev/rendered -o name"))
	require.NoError(t, admin.Get(t.Context(), client.ObjectKeyFromObject(others), others), "what others made stays")
}

// answer is the yes or no of kubectl auth can-i, which ends with an error for no.
func answer(t *testing.T, shell func(string) string, ask string) string {
	t.Helper()
	lines := strings.Fields(shell("(" + ask + " 2>/dev/null) || true"))
	require.NotEmpty(t, lines)
	return lines[len(lines)-1]
}
