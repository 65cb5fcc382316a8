package e2e_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	authzv1 "k8s.io/api/authorization/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/bailiwick-dev/bailiwick/e2e/controlplane"
	"github.com/bailiwick-dev/bailiwick/e2e/wired"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/watch"
)

func machine(namespace, name string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{"apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine",
		"metadata": map[string]any{"namespace": namespace, "name": name}, "spec": map[string]any{"runStrategy": "Halted"}}}
}

func machines() *unstructured.UnstructuredList {
	return &unstructured.UnstructuredList{Object: map[string]any{"apiVersion": "kubevirt.io/v1", "kind": "VirtualMachineList"}}
}

// RBAC grants nothing here: what anybody may do, he may by a role on the machine, its namespace or its cluster.
func TestRolesOnMachines(t *testing.T) {
	dir := filepath.Join("testdata", "hierarchy")
	s := start(t, filepath.Join(dir, "policy"), []controlplane.CRDSet{controlplane.Sveltos}, "--hierarchy", "on", "--cluster", "SveltosCluster:gke/one")
	admin := clientFor(t, s.Admin())
	install(t, s.ControlPlane, filepath.Join(dir, "crds.yaml"))
	for _, namespace := range []string{"shop", "lab"} {
		ensureNamespace(t, admin, namespace)
		require.NoError(t, admin.Create(t.Context(), machine(namespace, "web")))
		require.NoError(t, admin.Create(t.Context(), machine(namespace, "db")))
	}
	user, manager, maker := userOf(t, s, "user"), userOf(t, s, "manager"), userOf(t, s, "maker")
	shop, ops := memberOf(t, s, "shop-managers"), memberOf(t, s, "ops")

	t.Run("reads", func(t *testing.T) {
		for _, c := range []client.Client{user, manager, shop, ops} {
			require.NoError(t, c.Get(t.Context(), client.ObjectKey{Namespace: "shop", Name: "web"}, machine("", "")))
		}
		for _, c := range []client.Client{user, manager} {
			requireStatus(t, c.Get(t.Context(), client.ObjectKey{Namespace: "shop", Name: "db"}, machine("", "")), 403)
			requireStatus(t, c.List(t.Context(), machines(), client.InNamespace("shop")), 403)
			require.NoError(t, c.List(t.Context(), machines(), client.InNamespace("shop"), client.MatchingFields{"metadata.name": "web"}))
		}
		require.NoError(t, shop.List(t.Context(), machines(), client.InNamespace("shop")))
		requireStatus(t, shop.List(t.Context(), machines(), client.InNamespace("lab")), 403)
		require.NoError(t, ops.List(t.Context(), machines()))
	})

	t.Run("lists of what one made", func(t *testing.T) {
		own := client.MatchingLabels{policy.CreatorLabel: policy.CreatorID("maker")}
		require.NoError(t, maker.List(t.Context(), machines(), client.InNamespace("shop"), own))
		require.NoError(t, maker.List(t.Context(), machines(), own))
		requireStatus(t, maker.List(t.Context(), machines(), client.InNamespace("shop")), 403)
		requireStatus(t, maker.List(t.Context(), machines(), client.MatchingLabels{policy.CreatorLabel: policy.CreatorID("another")}), 403)
	})

	t.Run("subresources", func(t *testing.T) {
		for _, tc := range []struct {
			as                              client.Client
			verb, resource, sub, ns, object string
			allowed                         bool
		}{
			{user, "update", "virtualmachines", "start", "shop", "web", true},
			{user, "update", "virtualmachines", "stop", "shop", "web", true},
			{user, "get", "virtualmachineinstances", "vnc", "shop", "web", true},
			{user, "get", "virtualmachineinstances", "console", "shop", "web", false},
			{user, "update", "virtualmachines", "start", "shop", "db", false},
			{user, "update", "virtualmachines", "start", "lab", "web", false},
			{user, "update", "virtualmachines", "migrate", "shop", "web", false},
			{manager, "get", "virtualmachineinstances", "console", "shop", "web", true},
			{shop, "get", "virtualmachineinstances", "console", "shop", "db", true},
			{shop, "update", "virtualmachines", "start", "lab", "web", false},
			{ops, "update", "virtualmachines", "migrate", "lab", "web", true},
			{maker, "get", "virtualmachineinstances", "console", "shop", "made", true},
			{maker, "get", "virtualmachineinstances", "console", "shop", "web", false},
		} {
			review := &authzv1.SelfSubjectAccessReview{Spec: authzv1.SelfSubjectAccessReviewSpec{ResourceAttributes: &authzv1.ResourceAttributes{
				Verb: tc.verb, Group: "subresources.kubevirt.io", Resource: tc.resource, Subresource: tc.sub, Namespace: tc.ns, Name: tc.object}}}
			require.NoError(t, tc.as.Create(t.Context(), review))
			require.Equal(t, tc.allowed, review.Status.Allowed, "%+v: %s", tc, review.Status.Reason)
		}
	})

	t.Run("writes", func(t *testing.T) {
		const change = `{metadata: {labels: {a: b}}}`
		requireStatus(t, patch(t, user, machine("shop", "web"), change), 403)
		require.NoError(t, patch(t, manager, machine("shop", "web"), change))
		requireStatus(t, patch(t, manager, machine("shop", "db"), change), 403)
		require.NoError(t, patch(t, shop, machine("shop", "db"), change))
		requireStatus(t, patch(t, shop, machine("lab", "web"), change), 403)
		require.NoError(t, patch(t, ops, machine("lab", "web"), change))
		requireStatus(t, manager.Create(t.Context(), machine("shop", "new")), 403)
		require.NoError(t, shop.Create(t.Context(), machine("shop", "new")))
		requireStatus(t, shop.Create(t.Context(), machine("lab", "new")), 403)
		requireStatus(t, user.Delete(t.Context(), machine("shop", "web")), 403)
		require.NoError(t, manager.Delete(t.Context(), machine("shop", "web")))
		requireStatus(t, shop.Delete(t.Context(), machine("lab", "db")), 403)
		require.NoError(t, ops.Delete(t.Context(), machine("lab", "db")))
		requireStatus(t, ops.DeleteAllOf(t.Context(), machine("lab", ""), client.InNamespace("lab")), 403)
	})
}

// Bailiwick follows the machines of the cluster that it serves: who made one holds his role a moment later, until it is
// gone, and another one of its name is not his.
func TestRolesFollowMachines(t *testing.T) {
	api := management(t)
	admin := clientFor(t, api.Admin())
	install(t, api, ourCRDs, filepath.Join("testdata", "hierarchy", "crds.yaml"))
	ensureNamespace(t, admin, "shop")
	all := kubeconfig(t, api, "bailiwick", watch.Rules(policy.Fleet|policy.Here|policy.Inventory, &policy.Objects{}))
	s := server(t, "--kubeconfig", all, "--hierarchy", "on")
	require.NoError(t, s.Start(t.Context()))
	eventually(t, "nothing left to read", func() bool { return readyz(t, s) == "ready" })
	starts := func(user string) bool { return mayStart(t, s, user) }
	within := func(what string, ok func() bool) {
		t.Helper()
		began := time.Now()
		eventually(t, what, ok)
		t.Logf("%s: in force after %s", what, time.Since(began))
	}

	require.False(t, starts("alice"))
	generation := metric(t, s, "bailiwick_snapshot_generation")
	web := machine("shop", "web")
	web.SetAnnotations(map[string]string{policy.CreatorAnnotation: "alice"})
	require.NoError(t, admin.Create(t.Context(), web))
	within("the machine that alice made", func() bool { return starts("alice") })
	require.False(t, starts("bob"))
	require.Equal(t, generation, metric(t, s, "bailiwick_snapshot_generation"), "a machine's birth compiles nothing")

	assignment := object(t, `{apiVersion: bailiwick.dev/v1alpha1, kind: RoleAssignment, metadata: {name: bob}, spec: {roleRef: {name: UserRole},
		subjects: [{kind: User, name: bob}], object: {kind: VirtualMachine, namespace: shop, name: web, uid: `+string(web.GetUID())+`}}}`)
	require.NoError(t, admin.Create(t.Context(), assignment))
	within("the assignment to bob", func() bool { return starts("bob") })

	require.NoError(t, admin.Delete(t.Context(), web))
	within("the end of the machine", func() bool { return !starts("alice") && !starts("bob") })
	require.NoError(t, admin.Create(t.Context(), machine("shop", "web")))
	assignment = object(t, `{apiVersion: bailiwick.dev/v1alpha1, kind: RoleAssignment, metadata: {name: carol}, spec: {roleRef: {name: UserRole},
		subjects: [{kind: User, name: carol}], object: {kind: VirtualMachine, namespace: shop, name: web}}}`)
	require.NoError(t, admin.Create(t.Context(), assignment))
	within("the assignment to carol", func() bool { return starts("carol") })
	require.False(t, starts("alice"), "another machine of the name")
	require.False(t, starts("bob"), "another machine of the name")
}

func install(t *testing.T, api *controlplane.ControlPlane, paths ...string) {
	t.Helper()
	_, err := envtest.InstallCRDs(api.Admin(), envtest.CRDInstallOptions{MaxTime: 30 * time.Second, PollInterval: 50 * time.Millisecond, Paths: paths})
	require.NoError(t, err)
}

// memberOf is somebody of a group.
func memberOf(t *testing.T, s *wired.System, group string) client.Client {
	t.Helper()
	cfg, err := s.User("one-of-"+group, group)
	require.NoError(t, err)
	return clientFor(t, cfg)
}

func mayStart(t *testing.T, s *wired.Server, user string) bool {
	t.Helper()
	status, err := s.Ask(t.Context(), authzv1.SubjectAccessReviewSpec{User: user, Groups: []string{"system:authenticated"}, ResourceAttributes: &authzv1.ResourceAttributes{
		Verb: "update", Group: "subresources.kubevirt.io", Resource: "virtualmachines", Subresource: "start", Namespace: "shop", Name: "web"}})
	require.NoError(t, err)
	return status.Allowed
}
