package e2e_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/bailiwick-dev/bailiwick/e2e/controlplane"
	"github.com/bailiwick-dev/bailiwick/e2e/wired"
)

// The gaps of Sveltos' tenancy that a guard of profiles closes, each as a tenant would use it, with the token of his
// own account on a real API server. RBAC lets everybody here write what Sveltos has: what is refused, Bailiwick refuses.
func TestProfiles(t *testing.T) {
	s, admin := startProfiles(t)
	foo, bar := account(t, s, "default", "foo"), account(t, s, "default", "bar")
	stranger, argocd := account(t, s, "default", "stranger"), account(t, s, "argocd", "argocd")

	t.Run("G1 what has no labels is stamped, and not deployed as the administrator", func(t *testing.T) {
		for _, text := range []string{
			clusterProfile("stamped", "{}", "clusterSelector: {matchLabels: {org: foo.io}}"),
			`{apiVersion: config.projectsveltos.io/v1beta1, kind: Profile, metadata: {name: stamped, namespace: default}, spec: {clusterSelector: {matchLabels: {org: foo.io}}}}`,
			`{apiVersion: lib.projectsveltos.io/v1beta1, kind: EventTrigger, metadata: {name: of-foo}, spec: {sourceClusterSelector: {matchLabels: {org: foo.io}}, eventSourceName: e}}`,
		} {
			u := object(t, text)
			require.NoError(t, foo.Create(t.Context(), u))
			require.Equal(t, ofFoo, owner(t, admin, u))
		}
	})

	refused := map[string]struct {
		as       client.Client
		object   string
		code     int32
		contains []string
	}{
		"G1 somebody without clusters": {stranger, clusterProfile("p", "{}", "clusterSelector: {matchLabels: {org: foo.io}}"), 403,
			[]string{`no RoleRequest gives "system:serviceaccount:default:stranger" any cluster`}},
		"G2 a label of another that is there already": {foo, clusterProfile("p", "{projectsveltos.io/serviceaccount-name: bar, projectsveltos.io/serviceaccount-namespace: default}", ""), 403,
			[]string{`is "bar", but you are "foo"`}},
		"G3 the administrator's name, from a tenant": {foo, clusterProfile("p", "{projectsveltos.io/serviceaccount-name: kubernetes-admin}", ""), 403,
			[]string{`is "kubernetes-admin", but you are "foo"`}},
		"G3 the administrator's name, from an administrator": {admin, clusterProfile("p", "{projectsveltos.io/serviceaccount-name: kubernetes-admin, projectsveltos.io/serviceaccount-namespace: default}", ""), 422,
			[]string{"kubernetes-admin is Sveltos' name for the cluster administrator"}},
		"G3 an empty name": {admin, clusterProfile("p", `{projectsveltos.io/serviceaccount-name: "", projectsveltos.io/serviceaccount-namespace: default}`, ""), 422,
			[]string{"is empty, which Sveltos takes for the cluster administrator"}},
		"G4 clusters where the tenant has no credentials": {foo, clusterProfile("p", "{}", "clusterSelector: {matchLabels: {env: prod}}"), 403,
			[]string{"a cluster labelled env=prod would match; your grants cover org=foo.io only"}},
		"G15 a cluster by name": {foo, clusterProfile("p", "{}", "clusterRefs: [{apiVersion: lib.projectsveltos.io/v1beta1, kind: SveltosCluster, namespace: gke, name: bar}]"), 403,
			[]string{"spec.clusterRefs[0]: SveltosCluster:gke/bar does not exist, or is not one of your clusters"}},
		"G15 a set": {foo, clusterProfile("p", "{}", "setRefs: [all]"), 403,
			[]string{`spec.setRefs[0]: ClusterSet "all" does not exist, or selects clusters beyond your clusters`}},
		"G16 a reference that Sveltos panics over": {admin, clusterProfile("p", "{}", "clusterRefs: [{apiVersion: v1, kind: Cluster, namespace: gke, name: bar}]"), 422,
			[]string{`kind "Cluster" of "v1" is neither SveltosCluster of lib.projectsveltos.io/v1beta1 nor Cluster of cluster.x-k8s.io`}},
		"G17 a dependency of the platform": {foo, clusterProfile("p", "{}", "dependsOn: [platform]"), 403,
			[]string{`spec.dependsOn[0]: ClusterProfile "platform" does not exist yet, or "default/foo" does not own it`}},
		"G18 clusters that are still to come": {foo, clusterProfile("p", "{}", "clusterSelector: {matchExpressions: [{key: org, operator: NotIn, values: [bar.io]}]}"), 403,
			[]string{"a cluster without labels would match"}},
		"another's Secret": {foo, clusterProfile("p", "{}", "templateResourceRefs: [{identifier: a, resource: {apiVersion: v1, kind: Secret, namespace: gke, name: bar-sveltos-kubeconfig}}]"), 403,
			[]string{`"default/foo" may not get secrets in namespace "gke"`}},
		"the management cluster": {foo, clusterProfile("p", "{}", "policyRefs: [{kind: ConfigMap, namespace: default, name: a, deploymentType: Local}]"), 403,
			[]string{"Local deploys to the management cluster"}},
		"a delegate beyond his tenant": {argocd, clusterProfile("p", "{projectsveltos.io/serviceaccount-name: bar, projectsveltos.io/serviceaccount-namespace: default}", ""), 403,
			[]string{"no RoleRequest gives"}},
		"a ClusterSummary": {foo, `{apiVersion: config.projectsveltos.io/v1beta1, kind: ClusterSummary, metadata: {namespace: gke, name: p}, spec: {clusterNamespace: gke, clusterName: bar, clusterType: Sveltos}}`, 403,
			[]string{"is made by Sveltos from profiles, and is not for people to write"}},
	}
	for name, tc := range refused {
		t.Run(name, func(t *testing.T) {
			requireStatus(t, tc.as.Create(t.Context(), object(t, tc.object)), tc.code, tc.contains...)
		})
	}

	t.Run("G5 an update gives nothing away and takes nothing off", func(t *testing.T) {
		u := get(t, foo, "stamped")
		given := u.DeepCopy()
		given.SetLabels(map[string]string{"projectsveltos.io/serviceaccount-name": "bar", "projectsveltos.io/serviceaccount-namespace": "default"})
		requireStatus(t, foo.Update(t.Context(), given), http.StatusForbidden, `is "bar", but you are "foo"`)
		off := u.DeepCopy()
		off.SetLabels(nil)
		require.NoError(t, foo.Update(t.Context(), off))
		require.Equal(t, ofFoo, owner(t, admin, u))
	})

	t.Run("G6 nobody else changes or deletes it", func(t *testing.T) {
		u := get(t, bar, "stamped")
		require.NoError(t, unstructured.SetNestedField(u.Object, "OneTime", "spec", "syncMode"))
		requireStatus(t, bar.Update(t.Context(), u), http.StatusForbidden, `ClusterProfile "stamped" is not yours`)
		requireStatus(t, bar.Delete(t.Context(), u), http.StatusForbidden, `ClusterProfile "stamped" is not yours`)
		requireStatus(t, bar.DeleteAllOf(t.Context(), u), http.StatusForbidden, `ClusterProfile "stamped" is not yours`)
		require.NoError(t, argocd.Update(t.Context(), u), "who may impersonate foo writes for him")
		require.Equal(t, ofFoo, owner(t, admin, u))
	})

	t.Run("G8 a name that only looks like an account", func(t *testing.T) {
		cfg, err := s.User("system:serviceaccouns:default:foo", "everybody")
		require.NoError(t, err)
		err = clientFor(t, cfg).Create(t.Context(), object(t, clusterProfile("p", "{}", "")))
		requireStatus(t, err, http.StatusForbidden, `no RoleRequest gives "system:serviceaccouns:default:foo"`)
	})

	t.Run("the controllers of Sveltos at work", func(t *testing.T) { replay(t, s, foo, admin) })
}

// startProfiles starts a management cluster where RBAC lets everybody write what Sveltos has.
func startProfiles(t *testing.T) (*wired.System, client.Client) {
	t.Helper()
	s := start(t, filepath.Join("testdata", "profiles", "policy.yaml"), []controlplane.CRDSet{controlplane.Sveltos})
	admin := clientFor(t, s.Admin())
	_, err := envtest.InstallCRDs(s.Admin(), envtest.CRDInstallOptions{MaxTime: 30 * time.Second, PollInterval: 50 * time.Millisecond, Paths: []string{
		filepath.Join("testdata", "profiles", "crds.yaml"),
		filepath.Join(os.Getenv("KUBEBUILDER_ASSETS"), "sveltos", "config.projectsveltos.io_clustersummaries.yaml"),
	}})
	require.NoError(t, err)
	meta := metav1.ObjectMeta{Name: "everybody-writes"}
	require.NoError(t, admin.Create(t.Context(), &rbacv1.ClusterRole{ObjectMeta: meta, Rules: []rbacv1.PolicyRule{{
		APIGroups: []string{"config.projectsveltos.io", "lib.projectsveltos.io"}, Resources: []string{"*"}, Verbs: []string{"*"},
	}}}))
	require.NoError(t, admin.Create(t.Context(), &rbacv1.ClusterRoleBinding{ObjectMeta: meta,
		RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: meta.Name},
		Subjects: []rbacv1.Subject{
			{Kind: rbacv1.GroupKind, APIGroup: rbacv1.GroupName, Name: "system:serviceaccounts"},
			{Kind: rbacv1.GroupKind, APIGroup: rbacv1.GroupName, Name: "everybody"},
		},
	}))
	account(t, s, "gke", "any") // makes the namespace
	return s, admin
}

var ofFoo = map[string]string{
	"projectsveltos.io/admin-name":               "foo",
	"projectsveltos.io/serviceaccount-name":      "foo",
	"projectsveltos.io/serviceaccount-namespace": "default",
}

// owner are the owner labels that an object is stored with.
func owner(t *testing.T, admin client.Client, u *unstructured.Unstructured) map[string]string {
	t.Helper()
	stored := u.DeepCopy()
	require.NoError(t, admin.Get(t.Context(), client.ObjectKeyFromObject(u), stored))
	labels := map[string]string{}
	for key, value := range stored.GetLabels() {
		if _, ok := ofFoo[key]; ok {
			labels[key] = value
		}
	}
	return labels
}

func clusterProfile(name, labels, spec string) string {
	return "{apiVersion: config.projectsveltos.io/v1beta1, kind: ClusterProfile, metadata: {name: " + name + ", labels: " + labels + "}, spec: {" + spec + "}}"
}

func get(t *testing.T, c client.Client, name string) *unstructured.Unstructured {
	t.Helper()
	u := object(t, clusterProfile(name, "{}", ""))
	require.NoError(t, c.Get(t.Context(), client.ObjectKey{Name: name}, u))
	return u
}
