package e2e_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/bailiwick-dev/bailiwick/e2e/controlplane"
	"github.com/bailiwick-dev/bailiwick/e2e/wired"
)

// What the decisions about tenants hang on: labels of clusters, sets, RoleRequests and what they name. RBAC lets
// everybody here write all of it: what is refused, Bailiwick refuses.
func TestGuardsOfTenancy(t *testing.T) {
	s, admin := startGuards(t)
	foo, zebra := account(t, s, "default", "foo"), account(t, s, "zebra-ns", "zebra")
	jane, platform := person(t, s, "jane"), person(t, s, "platform-admin")
	for _, text := range []string{
		cluster("gke", "production", "{org: foo.io}", ""), cluster("gke", "stripes", "{org: zebra.io}", ""),
		`{apiVersion: v1, kind: ConfigMap, metadata: {namespace: grants, name: foo}, data: {}}`,
	} {
		require.NoError(t, admin.Create(t.Context(), object(t, text)))
	}

	for name, tc := range map[string]struct {
		as       client.Client
		object   string
		code     int32
		contains []string
	}{
		"G13 a cluster with the label of another tenant": {foo, cluster("default", "trap", "{org: zebra.io}", ""), 403,
			[]string{"its label org decides who holds SveltosCluster default/trap"}},
		"G13 a Cluster of Cluster API": {jane, `{apiVersion: cluster.x-k8s.io/v1beta2, kind: Cluster, metadata: {namespace: default, name: trap, labels: {org: zebra.io}}, spec: {}}`, 403,
			[]string{"its label org decides who holds Cluster default/trap"}},
		"G13 a cluster that comes into a set of the platform": {foo, cluster("default", "trap", "{org: foo.io, tier: gold}", ""), 403,
			[]string{"it comes into other hands"}},
		"a cluster that uses the kubeconfig of another": {foo, cluster("gke", "mine", "{org: foo.io}", "kubeconfigName: production-sveltos-kubeconfig"), 403,
			[]string{"only platform admins may let a cluster use another Secret"}},
		"G14 a Classifier of the label of a RoleRequest": {jane, classifier("org"), 422,
			[]string{"the label org decides who holds a cluster: no classifier may write it"}},
		"G14 also from a platform admin": {platform, classifier("org"), 422,
			[]string{`RoleRequest "full-access" gives clusters by the label org`}},
		"G15 a set beyond": {foo, `{apiVersion: lib.projectsveltos.io/v1beta1, kind: ClusterSet, metadata: {name: s}, spec: {clusterSelector: {matchLabels: {env: prod}}}}`, 403,
			[]string{"a cluster labelled env=prod would match; your grants cover org=foo.io only"}},
		"G24 a role of Kubernetes' own":       {platform, roleRequest("builtin"), 422, []string{`holds ClusterRole "cluster-admin": that is Kubernetes' own`}},
		"G24 a role that another gives":       {platform, roleRequest("like-zebra"), 422, []string{`ClusterRole "zebra-pods", in ConfigMap grants/like-zebra, is given by another RoleRequest (RoleRequest "zebra-access") too`}},
		"G24 a ConfigMap that another gives":  {platform, roleRequest("zebra"), 422, []string{"ConfigMap grants/zebra is given by another RoleRequest"}},
		"G25 a Secret that is not there yet":  {foo, `{apiVersion: v1, kind: Secret, metadata: {namespace: grants, name: foo-later}, type: addons.projectsveltos.io/cluster-profile}`, 403, []string{"only platform admins may write it"}},
		"G26 a RoleRequest from a tenant":     {foo, roleRequest("pods"), 403, []string{"only platform admins may write RoleRequests"}},
		"G26 what its writer does not hold":   {platform, roleRequest("everything"), 403, []string{`ConfigMap grants/everything gives what you do not hold yourself: in ClusterRole "new-everything", * *.*`}},
		"G26 a token of a minute":             {platform, roleRequest("pods", "expirationSeconds: 60"), 422, []string{"60 is less than the 600 that the API server accepts"}},
		"G26 no cluster":                      {admin, roleRequest("pods", "clusterSelector: {}"), 422, []string{"matches no cluster at all"}},
		"G27 the namespace of the cluster":    {admin, roleRequest("", `roleRefs: [{kind: ConfigMap, namespace: "", name: roles}]`), 422, []string{"spec.roleRefs[0].namespace: is required"}},
		"G28 an account that could be two":    {admin, roleRequest("pods", "serviceAccountNamespace: a--b"), 422, []string{"could be another tenant's"}},
		"G30 a kubeconfig that is planted":    {jane, tenantKubeconfig("planted", "t"), 403, []string{"only access-manager writes these"}},
		"G32 a kubeconfig that runs programs": {admin, kubeconfigSecret("new-sveltos-kubeconfig", "exec: {command: sh}"), 422, []string{`user "u" runs a program (exec)`}},
	} {
		t.Run(name, func(t *testing.T) {
			requireStatus(t, tc.as.Create(t.Context(), object(t, tc.object)), tc.code, tc.contains...)
		})
	}

	for name, tc := range map[string]struct {
		as     client.Client
		object string
	}{
		"a tenant registers a cluster of his own": {foo, cluster("default", "mine", "{org: foo.io}", "")},
		"a tenant's set inside his clusters":      {foo, `{apiVersion: lib.projectsveltos.io/v1beta1, kind: ClusterSet, metadata: {name: foos}, spec: {clusterSelector: {matchLabels: {org: foo.io}}}}`},
		"a Classifier of other labels":            {jane, classifier("color")},
		"a RoleRequest of a platform admin":       {platform, roleRequest("pods", "expirationSeconds: 3600")},
		"a ConfigMap that nobody names":           {jane, `{apiVersion: v1, kind: ConfigMap, metadata: {namespace: grants, name: other}, data: {a: b}}`},
		"a Secret that is no kubeconfig":          {jane, `{apiVersion: v1, kind: Secret, metadata: {namespace: grants, name: other}, stringData: {a: b}}`},
	} {
		t.Run(name, func(t *testing.T) { require.NoError(t, tc.as.Create(t.Context(), object(t, tc.object))) })
	}

	t.Run("a set carries the labels of who made it, and is his", func(t *testing.T) {
		u := object(t, `{apiVersion: lib.projectsveltos.io/v1beta1, kind: ClusterSet, metadata: {name: foos}}`)
		require.Equal(t, ofFoo, owner(t, admin, u))
		requireStatus(t, zebra.Delete(t.Context(), u), 403, `ClusterSet "foos" is not yours`)
	})

	t.Run("G12 labels that move a cluster", func(t *testing.T) {
		for _, tc := range []struct {
			as           client.Client
			name, labels string
			contains     string
		}{
			{foo, "stripes", "{org: foo.io}", "your RoleRequests do not give you that cluster"},
			{foo, "production", "{}", "with these labels your RoleRequests do not give it to you"},
			{foo, "production", "{org: foo.io, tier: gold}", "it comes into other hands or out of some"},
			{jane, "stripes", "{}", "only platform admins may write that"},
		} {
			requireStatus(t, relabel(t, tc.as, tc.name, tc.labels), 403, tc.contains)
		}
		require.NoError(t, relabel(t, foo, "production", "{org: foo.io, color: blue}"))
		require.NoError(t, relabel(t, platform, "production", "{org: foo.io, tier: gold}"))
	})

	t.Run("G25 what a RoleRequest names", func(t *testing.T) {
		u := object(t, `{apiVersion: v1, kind: ConfigMap, metadata: {namespace: grants, name: foo}, data: {r: "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: foo-pods}, rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]}"}}`)
		requireStatus(t, foo.Update(t.Context(), u.DeepCopy()), 403, "ConfigMap grants/foo holds the roles that a RoleRequest gives: only platform admins may write it")
		requireStatus(t, platform.Update(t.Context(), u.DeepCopy()), 403, "gives what you do not hold yourself")
		require.NoError(t, admin.Update(t.Context(), u.DeepCopy()), "system:masters may")
		requireStatus(t, foo.Delete(t.Context(), u), 403, "only platform admins may delete it")
		requireStatus(t, jane.DeleteAllOf(t.Context(), u, client.InNamespace("grants")), 403, "only platform admins may delete it")
	})

	t.Run("the controllers of Sveltos at work", func(t *testing.T) { replayTenancy(t, s, admin) })
}

// startGuards starts a management cluster where RBAC lets everybody write what the guards judge.
func startGuards(t *testing.T) (*wired.System, client.Client) {
	t.Helper()
	s := start(t, filepath.Join("testdata", "guards", "policy.yaml"), []controlplane.CRDSet{controlplane.Sveltos, controlplane.CAPI},
		"--platform-users", "platform-admin")
	admin := clientFor(t, s.Admin())
	_, err := envtest.InstallCRDs(s.Admin(), envtest.CRDInstallOptions{MaxTime: 30 * time.Second, PollInterval: 50 * time.Millisecond, Paths: []string{
		filepath.Join(os.Getenv("KUBEBUILDER_ASSETS"), "sveltos", "lib.projectsveltos.io_classifiers.yaml"),
	}})
	require.NoError(t, err)
	meta := metav1.ObjectMeta{Name: "everybody-writes"}
	require.NoError(t, admin.Create(t.Context(), &rbacv1.ClusterRole{ObjectMeta: meta, Rules: []rbacv1.PolicyRule{
		{APIGroups: []string{"lib.projectsveltos.io", "cluster.x-k8s.io"}, Resources: []string{"*"}, Verbs: []string{"*"}},
		{APIGroups: []string{""}, Resources: []string{"configmaps", "secrets", "pods"}, Verbs: []string{"*"}},
	}}))
	require.NoError(t, admin.Create(t.Context(), &rbacv1.ClusterRoleBinding{ObjectMeta: meta,
		RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: meta.Name},
		Subjects: []rbacv1.Subject{
			{Kind: rbacv1.GroupKind, APIGroup: rbacv1.GroupName, Name: "system:serviceaccounts"},
			{Kind: rbacv1.GroupKind, APIGroup: rbacv1.GroupName, Name: "everybody"},
		},
	}))
	for _, namespace := range []string{"gke", "grants"} {
		account(t, s, namespace, "any") // makes the namespace
	}
	return s, admin
}

// person is a client of somebody who has a certificate.
func person(t *testing.T, s *wired.System, name string) client.Client {
	t.Helper()
	cfg, err := s.User(name, "everybody")
	require.NoError(t, err)
	return clientFor(t, cfg)
}
