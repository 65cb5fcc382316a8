package e2e_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	authzv1 "k8s.io/api/authorization/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/bailiwick-dev/bailiwick/e2e/controlplane"
)

// One API server plays both parts here: the management cluster, where tenants write profiles, and the managed cluster
// SveltosCluster:gke/production, where they work.
func TestTenants(t *testing.T) {
	policy := copyOf(t, "policy")
	s := start(t, policy, []controlplane.CRDSet{controlplane.Sveltos, controlplane.Harvester}, "--cluster", "SveltosCluster:gke/production")
	admin := clientFor(t, s.Admin())
	letTenantsWriteProfiles(t, admin)
	foo := account(t, s, "default", "foo")
	inside := account(t, s, "projectsveltos", "default--foo")

	t.Run("a profile inside the tenant's clusters comes back with his labels", func(t *testing.T) {
		profile := example(t, "profiles/inside.yaml")
		require.NoError(t, foo.Create(t.Context(), profile))
		got := profile.DeepCopy()
		require.NoError(t, admin.Get(t.Context(), client.ObjectKeyFromObject(profile), got))
		require.Equal(t, map[string]string{
			"projectsveltos.io/admin-name":               "foo",
			"projectsveltos.io/serviceaccount-name":      "foo",
			"projectsveltos.io/serviceaccount-namespace": "default",
		}, got.GetLabels())
	})

	t.Run("the labels of another tenant are refused", func(t *testing.T) {
		err := foo.Create(t.Context(), example(t, "profiles/claimed.yaml"))
		requireStatus(t, err, http.StatusForbidden, `is "bar", but you are "foo"`)
	})

	t.Run("a selector beyond the tenant's clusters is refused, and the message shows a cluster that it would match", func(t *testing.T) {
		err := foo.Create(t.Context(), example(t, "profiles/outside.yaml"))
		requireStatus(t, err, http.StatusForbidden, `"org=bar.io"`, `a cluster labelled org=bar.io would match; your grants cover env=internal or org=foo.io only`)
	})

	t.Run("an update cannot leave the tenant's clusters or his labels", func(t *testing.T) {
		profile := &unstructured.Unstructured{}
		profile.SetGroupVersionKind(example(t, "profiles/inside.yaml").GroupVersionKind())
		key := client.ObjectKey{Name: "deploy-kyverno-inside"}
		require.NoError(t, foo.Get(t.Context(), key, profile))
		moved := profile.DeepCopy()
		require.NoError(t, unstructured.SetNestedStringMap(moved.Object, map[string]string{"org": "bar.io"}, "spec", "clusterSelector", "matchLabels"))
		requireStatus(t, foo.Update(t.Context(), moved), http.StatusForbidden, "org=bar.io")
		stripped := profile.DeepCopy()
		stripped.SetLabels(nil)
		require.NoError(t, foo.Update(t.Context(), stripped))
		require.NoError(t, admin.Get(t.Context(), key, stripped))
		require.Equal(t, profile.GetLabels(), stripped.GetLabels(), "the labels are written again")
	})

	t.Run("somebody without a RoleRequest is refused", func(t *testing.T) {
		err := account(t, s, "default", "stranger").Create(t.Context(), example(t, "profiles/inside.yaml"))
		requireStatus(t, err, http.StatusForbidden, "no RoleRequest gives")
	})

	t.Run("inside the managed cluster the tenant may what his roles say, and nobody else", func(t *testing.T) {
		before := counted(t, s, `bailiwick_decisions_total{endpoint="authorize",guard="",outcome="allowed"}`)
		require.NoError(t, inside.List(t.Context(), pods(), client.InNamespace("default")))
		require.Greater(t, counted(t, s, `bailiwick_decisions_total{endpoint="authorize",guard="",outcome="allowed"}`), before)
		for _, name := range []string{"default--bar", "stranger"} {
			err := account(t, s, "projectsveltos", name).List(t.Context(), pods(), client.InNamespace("default"))
			require.True(t, apierrors.IsForbidden(err), "%s: %v", name, err)
		}
		// The same name in another namespace is another account.
		require.True(t, apierrors.IsForbidden(foo.List(t.Context(), pods(), client.InNamespace("default"))))
	})

	t.Run("kubectl auth can-i shows the reason", func(t *testing.T) {
		review := &authzv1.SelfSubjectAccessReview{Spec: authzv1.SelfSubjectAccessReviewSpec{
			ResourceAttributes: &authzv1.ResourceAttributes{Verb: "list", Resource: "pods", Namespace: "default"},
		}}
		require.NoError(t, inside.Create(t.Context(), review))
		require.True(t, review.Status.Allowed)
		require.Equal(t, `allowed by RoleRequest "full-access" via ClusterRole "foo-full-access" (ConfigMap default/full-access)`, review.Status.Reason)
	})

	t.Run("a file that breaks or changes", func(t *testing.T) {
		file := filepath.Join(policy, "reservation.yaml")
		good, err := os.ReadFile(file)
		require.NoError(t, err)
		allowed := func() bool { return inside.List(t.Context(), pods(), client.InNamespace("default")) == nil }

		generation := counted(t, s, "bailiwick_snapshot_generation")
		require.NoError(t, os.WriteFile(file, []byte("kind: [\n"), 0o600))
		require.Eventually(t, func() bool { return counted(t, s, "bailiwick_snapshot_generation") > generation }, 20*time.Second, 20*time.Millisecond)
		require.True(t, allowed(), "a broken file takes nothing away")

		began := time.Now()
		narrowed := strings.Replace(string(good), "org: foo.io", "org: nowhere", 1)
		require.NoError(t, os.WriteFile(file, []byte(narrowed), 0o600))
		require.Eventually(t, func() bool { return !allowed() }, 20*time.Second, 10*time.Millisecond)
		t.Logf("a changed file was in force after %s", time.Since(began))

		require.NoError(t, os.WriteFile(file, good, 0o600))
		require.Eventually(t, allowed, 20*time.Second, 10*time.Millisecond)
	})

	t.Run("with bailiwick killed RBAC goes on, guarded writes wait, and both recover", func(t *testing.T) {
		s.Server.Kill()
		require.NoError(t, foo.List(t.Context(), profiles(t)), "RBAC allows this")
		require.Error(t, inside.List(t.Context(), pods(), client.InNamespace("default")), "only Bailiwick allows this")
		err := foo.Create(t.Context(), named(t, "profiles/inside.yaml", "while-down"))
		require.ErrorContains(t, err, `failed calling webhook "profiles.bailiwick.dev"`)

		require.NoError(t, s.Server.Start(t.Context()))
		require.Eventually(t, func() bool {
			return inside.List(t.Context(), pods(), client.InNamespace("default")) == nil
		}, 20*time.Second, 20*time.Millisecond)
		require.NoError(t, foo.Create(t.Context(), named(t, "profiles/inside.yaml", "after-down")))
	})
}

// A cluster that two tenants share: each has his namespaces, and neither has the other's.
func TestTenantsShareACluster(t *testing.T) {
	s := start(t, filepath.Join("..", "examples", "policy"), []controlplane.CRDSet{controlplane.Sveltos}, "--cluster", "SveltosCluster:gke/internal")
	foo, bar := account(t, s, "projectsveltos", "default--foo"), account(t, s, "projectsveltos", "default--bar")
	requireNamespaces(t, foo, []string{"foo-eng", "foo-hr"}, []string{"bar-resource", "default", ""})
	requireNamespaces(t, bar, []string{"bar-resource"}, []string{"foo-eng", "foo-hr", "default", ""})
}

// requireNamespaces checks where a tenant may list pods and where not; the empty namespace is the whole cluster.
func requireNamespaces(t *testing.T, c client.Client, may, mayNot []string) {
	t.Helper()
	for _, ns := range may {
		require.NoError(t, c.List(t.Context(), pods(), client.InNamespace(ns)))
	}
	for _, ns := range mayNot {
		err := c.List(t.Context(), pods(), client.InNamespace(ns))
		require.True(t, apierrors.IsForbidden(err), "namespace %q: %v", ns, err)
		require.NotContains(t, err.Error(), "RoleRequest", "nothing is told about grants")
	}
}

// The form of the first Sveltos releases: selectors are texts, and the tenant is a name.
func TestTenantsOfTheFirstForm(t *testing.T) {
	policy := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(policy, "tenants.yaml"), []byte(firstForm), 0o600))
	s := start(t, policy, []controlplane.CRDSet{controlplane.Seed}, "--cluster", "SveltosCluster:gke/production", "--cluster-labels", "org=foo.io,env=internal")
	letTenantsWriteProfiles(t, clientFor(t, s.Admin()))
	foo := account(t, s, "default", "foo")

	profile := object(t, `{apiVersion: config.projectsveltos.io/v1alpha1, kind: ClusterProfile, metadata: {name: in}, spec: {clusterSelector: "org=foo.io,tier=web"}}`)
	require.NoError(t, foo.Create(t.Context(), profile))
	require.Equal(t, "foo", profile.GetLabels()["projectsveltos.io/admin-name"])
	profile = object(t, `{apiVersion: config.projectsveltos.io/v1alpha1, kind: ClusterProfile, metadata: {name: out}, spec: {clusterSelector: "org=bar.io"}}`)
	requireStatus(t, foo.Create(t.Context(), profile), http.StatusForbidden, `your grants cover org=foo.io only`)

	require.NoError(t, foo.List(t.Context(), pods(), client.InNamespace("default")))
	user, err := s.User("foo")
	require.NoError(t, err)
	require.NoError(t, clientFor(t, user).List(t.Context(), pods(), client.InNamespace("default")))
	other, err := s.User("bar")
	require.NoError(t, err)
	requireNamespaces(t, clientFor(t, other), []string{"bar-resource"}, []string{"foo-eng", "default", ""})
	requireNamespaces(t, account(t, s, "default", "bar"), []string{"bar-resource"}, []string{"foo-eng", "default", ""})
}

const firstForm = `
apiVersion: lib.projectsveltos.io/v1alpha1
kind: RoleRequest
metadata: {name: full-access}
spec:
  admin: foo
  clusterSelector: org=foo.io
  roleRefs: [{kind: ConfigMap, namespace: default, name: full-access}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: full-access, namespace: default}
data:
  role.yaml: |
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata: {name: foo-full-access}
    rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]
---
apiVersion: lib.projectsveltos.io/v1alpha1
kind: RoleRequest
metadata: {name: bar-access}
spec:
  admin: bar
  clusterSelector: env=internal
  roleRefs: [{kind: ConfigMap, namespace: default, name: bar-shared-access}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: bar-shared-access, namespace: default}
data:
  role.yaml: |
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata: {name: edit-role, namespace: bar-resource}
    rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]
`

func profiles(t *testing.T) *unstructured.UnstructuredList {
	t.Helper()
	list := &unstructured.UnstructuredList{}
	list.SetGroupVersionKind(example(t, "profiles/inside.yaml").GroupVersionKind())
	return list
}

func named(t *testing.T, path, name string) *unstructured.Unstructured {
	t.Helper()
	u := example(t, path)
	u.SetName(name)
	return u
}
