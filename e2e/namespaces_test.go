package e2e_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	admissionregv1 "k8s.io/api/admissionregistration/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/bailiwick-dev/bailiwick/e2e/wired"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// The wrong command: `kubectl delete -f` of the manifest by which Rancher imported the cluster, as the owner of the
// cluster and with the kubeconfig of Harvester itself. The namespace of the Rancher that is built into a Harvester
// survives it, and what the agent needs to come back.
func TestImportManifestIsDeleted(t *testing.T) {
	s, admin := startNamespaces(t)
	owner, err := s.User("u-owner")
	require.NoError(t, err)
	for name, cfg := range map[string]*rest.Config{"the owner of the cluster": owner, "system:masters": s.Admin()} {
		t.Run(name, func(t *testing.T) {
			kubectl := kubectlAs(t, s, cfg)
			kubectl(true, "apply", "-f", importManifest)
			told := kubectl(false, "delete", "-f", importManifest, "--wait=false")
			require.Contains(t, told, `Namespace "cattle-system" holds what the cluster runs on (to delete it all the same, annotate it with bailiwick.dev/allow-deletion=true first)`)
			require.Contains(t, told, "ServiceAccount cattle-system/cattle is what Rancher manages the cluster with")
			requireKept(t, admin)
		})
	}

	t.Run("all at once, as a collection", func(t *testing.T) {
		told := kubectlAs(t, s, s.Admin())(false, "delete", "serviceaccounts", "--all", "--namespace", "cattle-system")
		require.Contains(t, told, "ServiceAccount cattle-system/cattle is what Rancher manages the cluster with")
	})

	t.Run("the control plane", func(t *testing.T) {
		role := object(t, `{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: proxy-clusterrole-kubeapiserver}}`)
		cfg := s.Admin()
		cfg.Impersonate = rest.ImpersonationConfig{UserName: "system:serviceaccount:kube-system:generic-garbage-collector", Groups: []string{"system:masters"}}
		require.NoError(t, clientFor(t, cfg).Delete(t.Context(), role))
	})

	t.Run("with the annotation", func(t *testing.T) {
		kubectl := kubectlAs(t, s, owner)
		kubectl(true, "apply", "-f", importManifest)
		kubectl(true, "annotate", "-f", importManifest, "bailiwick.dev/allow-deletion=true")
		kubectl(true, "delete", "-f", importManifest, "--wait=false")
		requireGone(t, admin, protectedObjects(t)...)
	})
}

// The ValidatingAdmissionPolicy goes on when Bailiwick is gone, and when its webhooks are.
func TestDeletionPolicyWithoutWebhook(t *testing.T) {
	s, admin := startNamespaces(t)
	owner, err := s.User("u-owner")
	require.NoError(t, err)
	rescuer, err := s.User("u-owner", "rescue")
	require.NoError(t, err)
	kubectl := kubectlAs(t, s, s.Admin())
	kubectl(true, "apply", "-f", importManifest)
	snap, _ := policy.Compile(&policy.Objects{}, policy.Options{BreakGlassGroups: []string{"rescue"}})
	rules, binding := admit.DeletionPolicy(snap)
	require.NoError(t, admin.Create(t.Context(), rules))
	require.NoError(t, admin.Create(t.Context(), binding))
	const denied = "ValidatingAdmissionPolicy 'namespaces.bailiwick.dev' with binding 'namespaces.bailiwick.dev' denied request: the cluster runs on it"
	namespace := object(t, `{apiVersion: v1, kind: Namespace, metadata: {name: cattle-system}}`)
	eventually(t, "the policy in force", func() bool {
		err := admin.Delete(t.Context(), namespace.DeepCopy(), client.DryRunAll)
		return apierrors.IsForbidden(err) && strings.Contains(err.Error(), denied)
	})
	s.Server.Kill()

	t.Run("nothing else waits for the server", func(t *testing.T) {
		other := object(t, `{apiVersion: v1, kind: Namespace, metadata: {name: other}}`)
		require.NoError(t, admin.Create(t.Context(), other))
		require.NoError(t, patch(t, clientFor(t, owner), other, `{metadata: {labels: {a: b}}}`))
		require.NoError(t, patch(t, clientFor(t, owner), namespace.DeepCopy(), `{metadata: {labels: {a: b}}}`))
		require.NoError(t, admin.Delete(t.Context(), other))
	})
	refused := func(t *testing.T) {
		for _, cfg := range []*rest.Config{owner, s.Admin()} {
			told := kubectlAs(t, s, cfg)(false, "delete", "-f", importManifest, "--wait=false")
			require.Contains(t, told, denied)
		}
		requireKept(t, admin)
	}
	t.Run("the server is dead", refused)
	webhooks := &admissionregv1.ValidatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{Name: "bailiwick"}}
	require.NoError(t, admin.Delete(t.Context(), webhooks))
	t.Run("the webhooks are gone", refused)
	t.Run("a break-glass group", func(t *testing.T) {
		role := object(t, `{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: proxy-clusterrole-kubeapiserver}}`)
		require.NoError(t, clientFor(t, rescuer).Delete(t.Context(), role))
	})
	t.Run("the annotation", func(t *testing.T) {
		kubectl(true, "annotate", "namespace", "cattle-system", "bailiwick.dev/allow-deletion=true")
		kubectl(true, "delete", "namespace", "cattle-system", "--wait=false")
		requireGone(t, admin, namespace)
	})
}

// CVE-2020-10676, and the way out: a namespace moves between projects only with rights on both.
func TestNamespacesMoveBetweenProjects(t *testing.T) {
	s, admin := startNamespaces(t)
	a, both := userOf(t, s, "u-a"), userOf(t, s, "u-both")
	for _, text := range []string{inProject("team-a", "p-aaaaa"), inProject("team-b", "p-bbbbb")} {
		require.NoError(t, admin.Create(t.Context(), object(t, text)))
	}
	team := func(name string) *unstructured.Unstructured {
		return object(t, "{apiVersion: v1, kind: Namespace, metadata: {name: "+name+"}}")
	}
	const refused = "takes the right manage-namespaces on that project"

	requireStatus(t, patch(t, a, team("team-a"), moveTo("p-bbbbb")), 403, `"p-bbbbb"`, refused)
	requireStatus(t, patch(t, a, team("team-b"), moveTo("p-aaaaa")), 403, `"p-bbbbb"`, refused)
	requireStatus(t, patch(t, a, team("team-b"), `{metadata: {annotations: {field.cattle.io/projectId: null}, labels: {field.cattle.io/projectId: null}}}`), 403, `"p-bbbbb"`, refused)
	requireStatus(t, a.Create(t.Context(), object(t, inProject("team-c", "p-bbbbb"))), 403, `"p-bbbbb"`, refused)
	requireStatus(t, patch(t, both, team("team-a"), `{metadata: {labels: {field.cattle.io/projectId: p-bbbbb}}}`), 422, "is another project than that of the annotation")
	require.NoError(t, patch(t, a, team("team-a"), `{metadata: {labels: {a: b}}}`))
	require.NoError(t, a.Create(t.Context(), object(t, inProject("team-c", "p-aaaaa"))))
	require.NoError(t, patch(t, both, team("team-a"), moveTo("p-bbbbb")))

	t.Run("by the subresources, which whoever holds everything in the namespace reaches", func(t *testing.T) {
		require.NoError(t, admin.Create(t.Context(), object(t, `{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: all, namespace: team-c},
 roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: everything}, subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: u-a}]}`)))
		for _, part := range []string{"status", "finalize"} {
			namespace := team("team-c")
			require.NoError(t, a.Get(t.Context(), client.ObjectKeyFromObject(namespace), namespace))
			namespace.SetAnnotations(map[string]string{"field.cattle.io/projectId": "c-1:p-bbbbb"})
			requireStatus(t, a.SubResource(part).Update(t.Context(), namespace), 403, `"p-bbbbb"`, refused)
		}
	})

	s.Server.Kill()
	require.NoError(t, patch(t, account(t, s, "cattle-system", "cattle"), team("team-a"), moveTo("p-aaaaa")), "Rancher goes on")
	require.ErrorContains(t, patch(t, both, team("team-a"), moveTo("p-bbbbb")), `failed calling webhook "namespaces.bailiwick.dev"`)
}

var importManifest = filepath.Join("testdata", "namespaces", "import.yaml")

// startNamespaces starts a cluster with an owner and the owners of two projects.
func startNamespaces(t *testing.T) (*wired.System, client.Client) {
	t.Helper()
	dir := filepath.Join("testdata", "namespaces", "policy")
	s := start(t, dir, nil)
	admin := clientFor(t, s.Admin())
	apply(t, admin, dir)
	require.NoError(t, admin.Create(t.Context(), object(t, `{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: cattle},
 roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: everything}, subjects: [{kind: ServiceAccount, name: cattle, namespace: cattle-system}]}`)))
	return s, admin
}

// protectedObjects are those of the manifest that must survive.
func protectedObjects(t *testing.T) []*unstructured.Unstructured {
	t.Helper()
	var all []*unstructured.Unstructured
	for _, text := range []string{
		`{apiVersion: v1, kind: Namespace, metadata: {name: cattle-system}}`,
		`{apiVersion: v1, kind: ServiceAccount, metadata: {name: cattle, namespace: cattle-system}}`,
		`{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: cattle-admin}}`,
		`{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: proxy-clusterrole-kubeapiserver}}`,
		`{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: cattle-admin-binding}}`,
		`{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: proxy-role-binding-kubernetes-master}}`,
	} {
		all = append(all, object(t, text))
	}
	return all
}

// requireKept checks that all of them are there, and not on their way out.
func requireKept(t *testing.T, admin client.Client) {
	t.Helper()
	for _, u := range protectedObjects(t) {
		require.NoError(t, admin.Get(t.Context(), client.ObjectKeyFromObject(u), u), u.GetName())
		require.Nil(t, u.GetDeletionTimestamp(), u.GetName())
	}
}

// requireGone checks that objects are gone, or are going where a controller has to let them.
func requireGone(t *testing.T, admin client.Client, objects ...*unstructured.Unstructured) {
	t.Helper()
	for _, u := range objects {
		err := admin.Get(t.Context(), client.ObjectKeyFromObject(u), u)
		require.True(t, apierrors.IsNotFound(err) || err == nil && u.GetDeletionTimestamp() != nil, "%s %s: %v", u.GetKind(), u.GetName(), err)
	}
}

// kubectlAs runs kubectl as somebody and returns all that it says.
func kubectlAs(t *testing.T, s *wired.System, cfg *rest.Config) func(succeeds bool, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "kubeconfig")
	require.NoError(t, s.Kubeconfig(cfg, file))
	return func(succeeds bool, args ...string) string {
		t.Helper()
		out, err := exec.CommandContext(t.Context(), s.Kubectl(), append([]string{"--kubeconfig", file}, args...)...).CombinedOutput()
		require.Equal(t, succeeds, err == nil, "kubectl %v: %v\n%s", args, err, out)
		return string(out)
	}
}

// userOf is a client of a user whom RBAC knows by name.
func userOf(t *testing.T, s *wired.System, name string) client.Client {
	t.Helper()
	cfg, err := s.User(name)
	require.NoError(t, err)
	return clientFor(t, cfg)
}

func inProject(name, project string) string {
	return "{apiVersion: v1, kind: Namespace, metadata: {name: " + name + ", annotations: {field.cattle.io/projectId: 'c-1:" + project + "'}}}"
}

func moveTo(project string) string {
	return "{metadata: {annotations: {field.cattle.io/projectId: 'c-1:" + project + "'}, labels: {field.cattle.io/projectId: " + project + "}}}"
}
