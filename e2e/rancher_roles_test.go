package e2e_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	authnv1 "k8s.io/api/authentication/v1"
	authzv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/bailiwick-dev/bailiwick/e2e/controlplane"
	"github.com/bailiwick-dev/bailiwick/e2e/ledger"
	"github.com/bailiwick-dev/bailiwick/e2e/wired"
	"github.com/bailiwick-dev/bailiwick/policy/manifest"
)

const harvesterCluster = "c-m-abcdefgh"

// What the documentation says about the roles of Rancher and Harvester, on a real API server: every question of the
// ledger, and the stories that it tells, by users who come the way that Rancher's proxy lets them come.
func TestRancherRoles(t *testing.T) {
	for _, mode := range ledger.Modes() {
		t.Run(string(mode), func(t *testing.T) {
			sections, err := ledger.Read("../authorizer/testdata/rancher")
			require.NoError(t, err)
			s := start(t, rancherPolicy(t, mode, sections), []controlplane.CRDSet{controlplane.Harvester}, "--rancher-cluster", harvesterCluster)
			admin := clientFor(t, s.Admin())
			setUpHarvester(t, s, admin)
			t.Run("ledger", func(t *testing.T) { requireLedger(t, admin, mode, sections) })
			t.Run("a project and its members", func(t *testing.T) { projectStory(t, s, admin) })
			t.Run("the four roles", func(t *testing.T) { rolesStory(t, s, admin, mode) })
		})
	}
}

// rancherPolicy is a directory with the policy of all sections.
func rancherPolicy(t *testing.T, mode ledger.Mode, sections []ledger.Section) string {
	t.Helper()
	dir := t.TempDir()
	for _, file := range ledger.Policy("..", mode) {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, filepath.Base(file)), data, 0o600))
	}
	for _, s := range sections {
		require.NoError(t, os.WriteFile(filepath.Join(dir, s.Name+".yaml"), []byte(s.Policy), 0o600))
	}
	return dir
}

// setUpHarvester makes the API server look like a Harvester cluster: its kinds and namespaces, what it gives to
// everybody, and the ClusterRole view as it is once Harvester's rules were aggregated, for which no controller runs here.
func setUpHarvester(t *testing.T, s *wired.System, admin client.Client) {
	t.Helper()
	_, err := envtest.InstallCRDs(s.Admin(), envtest.CRDInstallOptions{MaxTime: 30 * time.Second, PollInterval: 50 * time.Millisecond,
		Paths: []string{"testdata/rancher/crds.yaml"}})
	require.NoError(t, err)
	for _, u := range objectsIn(t, "../policy/testdata/rancher/clusterroles.yaml") {
		if u.GetName() == "view" {
			is := u.DeepCopy()
			require.NoError(t, admin.Get(t.Context(), client.ObjectKeyFromObject(u), is))
			is.Object["rules"] = u.Object["rules"]
			require.NoError(t, admin.Update(t.Context(), is))
		}
	}
	for _, u := range objectsIn(t, "../authorizer/testdata/rancher/cluster.yaml") {
		if u.GetKind() != "Project" {
			require.NoError(t, client.IgnoreAlreadyExists(admin.Create(t.Context(), u)))
		}
	}
}

func objectsIn(t *testing.T, file string) []*unstructured.Unstructured {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var list []*unstructured.Unstructured
	for doc := range manifest.Documents(text) {
		require.NoError(t, doc.Err)
		u := &unstructured.Unstructured{}
		require.NoError(t, u.UnmarshalJSON(doc.JSON))
		list = append(list, u)
	}
	return list
}

// requireLedger asks the API server itself, which asks Bailiwick and then RBAC.
func requireLedger(t *testing.T, admin client.Client, mode ledger.Mode, sections []ledger.Section) {
	asked := 0
	for _, section := range sections {
		for _, c := range section.Cases {
			for _, ask := range c.Asks {
				if ask.Cluster != "" {
					continue // another API server's
				}
				review := &authzv1.SubjectAccessReview{Spec: authzv1.SubjectAccessReviewSpec{User: ask.User, Groups: ask.Groups,
					ResourceAttributes: &authzv1.ResourceAttributes{Verb: ask.Verb, Group: ask.Group, Version: "*", Resource: ask.Resource,
						Subresource: ask.Subresource, Namespace: ask.Namespace, Name: ask.Name}}}
				require.NoError(t, admin.Create(t.Context(), review))
				require.Equal(t, ask.Want[mode].Allowed(), review.Status.Allowed, "%s: %s: %s", c.ID, ask.String(), review.Status.Reason)
				require.False(t, review.Status.Denied, ask.String())
				asked++
			}
		}
	}
	require.Greater(t, asked, 1000)
}

// throughRancher is a client of a user of Rancher: its proxy uses the token of an account that may impersonate this
// user, his groups and what else it tells of him, and nobody else.
//
// Upstream: rancher pkg/impersonation.
func throughRancher(t *testing.T, s *wired.System, admin client.Client, user string, groups ...string) client.Client {
	t.Helper()
	name := "cattle-impersonation-" + user
	cfg, err := s.ServiceAccountToken(t.Context(), "cattle-impersonation-system", name)
	require.NoError(t, err)
	groups = append(groups, "system:authenticated", "system:cattle:authenticated")
	meta := metav1.ObjectMeta{Name: name}
	role := &rbacv1.ClusterRole{ObjectMeta: meta, Rules: []rbacv1.PolicyRule{
		{Verbs: []string{"impersonate"}, APIGroups: []string{""}, Resources: []string{"users"}, ResourceNames: []string{user}},
		{Verbs: []string{"impersonate"}, APIGroups: []string{""}, Resources: []string{"groups"}, ResourceNames: groups},
		{Verbs: []string{"impersonate"}, APIGroups: []string{"authentication.k8s.io"}, Resources: []string{"userextras/username"}, ResourceNames: []string{"alice"}},
	}}
	require.NoError(t, client.IgnoreAlreadyExists(admin.Create(t.Context(), role)))
	require.NoError(t, client.IgnoreAlreadyExists(admin.Create(t.Context(), &rbacv1.ClusterRoleBinding{ObjectMeta: meta,
		RoleRef:  rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: name},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: "cattle-impersonation-system", Name: name}}})))
	cfg.Impersonate = rest.ImpersonationConfig{UserName: user, Groups: groups, Extra: map[string][]string{"username": {"alice"}}}
	c := clientFor(t, cfg)
	review := &authnv1.SelfSubjectReview{}
	require.Eventually(t, func() bool { return c.Create(t.Context(), review) == nil }, 10*time.Second, 10*time.Millisecond, "RBAC lets the account act for %s", user)
	require.Equal(t, user, review.Status.UserInfo.Username)
	return c
}
