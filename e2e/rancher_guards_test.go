package e2e_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/bailiwick-dev/bailiwick/e2e/controlplane"
	"github.com/bailiwick-dev/bailiwick/e2e/wired"
	"github.com/bailiwick-dev/bailiwick/policy"
)

// Rancher's roles and bindings, as users of Rancher write them: by impersonation, under their ids and those of their
// groups. RBAC lets everybody write all of it: what is refused, Bailiwick refuses.
func TestRancherRolesAndBindings(t *testing.T) {
	s, rancher := startRancher(t)
	owner, manager, split := rancherUser(t, s, "u-owner"), rancherUser(t, s, "u-manager"), rancherUser(t, s, "u-split")
	users := rancherUser(t, s, "u-x", "github_team://2")

	for name, tc := range map[string]struct {
		as       client.Client
		object   string
		code     int32
		contains string
	}{
		"a role with more than its writer holds": {manager, roleTemplate("r", `rules: [{apiGroups: [""], resources: [secrets], verbs: [get]}]`), 403,
			`RoleTemplate "r" gives what you do not hold yourself: get secrets (who holds the verb escalate on roletemplates "r" may)`},
		"a role that inherits itself": {manager, roleTemplate("r", `roleTemplateNames: [r]`), 422, `would inherit itself, leave one of these out: r > r`},
		"a role that is built in":     {owner, roleTemplate("r", `builtin: true`), 403, `only Rancher itself builds roles in`},
		"a rule without a verb":       {owner, roleTemplate("r", `rules: [{apiGroups: [""], resources: [pods], verbs: []}]`), 422, `rules[0].verbs: a rule needs a verb`},
		"CVE-2023-32196 a role of which its ClusterRole gives more": {manager, `{apiVersion: management.cattle.io/v3, kind: RoleTemplate, metadata: {name: secrets}, context: project, external: true}`, 403,
			`RoleTemplate "secrets" gives what you do not hold yourself: get secrets`},
		"a GlobalRole with rules in a namespace of all clusters": {manager,
			`{apiVersion: management.cattle.io/v3, kind: GlobalRole, metadata: {name: r}, inheritedNamespacedRules: {kube-system: [{apiGroups: [""], resources: [secrets], verbs: [get]}]}}`, 403,
			`in inheritedNamespacedRules[kube-system], get secrets`},
		"a role that its giver does not have": {manager, clusterBinding("c-a", "owner", "userName: u-manager"), 403, `RoleTemplate "owner" on c-a gives what you do not hold yourself`},
		"on a cluster that is not his":        {split, clusterBinding("c-b", "apps", "userName: u-new"), 403, `RoleTemplate "apps" on c-b gives what you do not hold yourself`},
		"an administrator, by a group":        {users, `{apiVersion: management.cattle.io/v3, kind: GlobalRoleBinding, metadata: {generateName: grb-}, globalRoleName: admin, userName: u-x}`, 403, `GlobalRole "admin" gives what you do not hold yourself`},
		"from the namespace of another":       {owner, `{apiVersion: management.cattle.io/v3, kind: ClusterRoleTemplateBinding, metadata: {namespace: c-a, generateName: x-}, clusterName: c-b, roleTemplateName: owner, userName: u-new}`, 422, `"c-b" is not the namespace`},
		"a locked role":                       {owner, clusterBinding("c-a", "locked", "userName: u-new"), 422, `RoleTemplate "locked" is locked`},
		"two subjects":                        {owner, clusterBinding("c-a", "apps", `userName: u-new, groupPrincipalName: "github_team://9"`), 422, "the binding is for userName already"},
		"twice":                               {owner, clusterBinding("c-a", "apps", "userName: u-split"), 422, `another binding gives RoleTemplate "apps" on c-a to the same subject already`},
	} {
		t.Run(name, func(t *testing.T) {
			requireStatus(t, tc.as.Create(t.Context(), object(t, tc.object)), tc.code, tc.contains)
		})
	}

	for name, tc := range map[string]struct {
		as     client.Client
		object string
	}{
		"a role with what its writer holds":     {manager, roleTemplate("mine", `rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]`)},
		"a role that its giver has":             {owner, clusterBinding("c-a", "owner", "userName: u-new")},
		"a role, by an owner's group":           {rancherUser(t, s, "u-y", "github_team://1"), clusterBinding("c-a", "secrets-view", `groupPrincipalName: "github_team://3"`)},
		"rights of RBAC, cluster and project":   {split, projectBinding("three", "userName: u-new")},
		"Rancher itself gives a creator's role": {rancher, clusterBinding("c-b", "owner", "userName: u-creator")},
	} {
		t.Run(name, func(t *testing.T) { require.NoError(t, tc.as.Create(t.Context(), object(t, tc.object))) })
	}

	t.Run("CVE-2022-31247 more by an update", func(t *testing.T) {
		b := object(t, `{apiVersion: management.cattle.io/v3, kind: ClusterRoleTemplateBinding, metadata: {namespace: c-a, name: m}}`)
		require.NoError(t, manager.Get(t.Context(), client.ObjectKeyFromObject(b), b))
		b.Object["roleTemplateName"] = "owner"
		requireStatus(t, manager.Update(t.Context(), b), 422, "roleTemplateName: cannot be changed")
		waiting := object(t, clusterBinding("c-a", "owner", `userPrincipalName: "github_user://5"`))
		require.NoError(t, owner.Create(t.Context(), waiting))
		waiting.Object["userName"] = "u-manager"
		requireStatus(t, manager.Update(t.Context(), waiting.DeepCopy()), 403, `RoleTemplate "owner" on c-a gives what you do not hold yourself`)
		waiting.Object["userName"] = "u-found"
		require.NoError(t, rancher.Update(t.Context(), waiting))
	})

	t.Run("what is needed stays", func(t *testing.T) {
		requireStatus(t, owner.Delete(t.Context(), object(t, roleTemplate("locked", ""))), 422, `RoleTemplate "locked" is inherited, take it out there first: GlobalRole "with-locked"`)
		requireStatus(t, users.Delete(t.Context(), object(t, `{apiVersion: management.cattle.io/v3, kind: GlobalRole, metadata: {name: admin}}`)), 403, "is built into Rancher: it cannot be deleted")
		o1 := object(t, `{apiVersion: management.cattle.io/v3, kind: ClusterRoleTemplateBinding, metadata: {namespace: c-a, name: o1}}`)
		requireStatus(t, manager.Delete(t.Context(), o1), 403, "makes somebody an owner of c-a: only who holds as much deletes it")
		requireStatus(t, manager.DeleteAllOf(t.Context(), o1, client.InNamespace("c-a")), 403, "makes somebody an owner of c-a")
		require.NoError(t, owner.Delete(t.Context(), o1))
	})

	t.Run("CVE-2023-22651 while nobody can be asked", func(t *testing.T) {
		s.Server.Kill()
		require.ErrorContains(t, manager.Create(t.Context(), object(t, clusterBinding("c-a", "owner", "userName: u-manager"))), `failed calling webhook "bindings.bailiwick.dev"`)
		require.NoError(t, rancher.Create(t.Context(), object(t, clusterBinding("c-b", "owner", "userName: u-next"))), "Rancher goes on")
		require.NoError(t, s.Server.Start(t.Context()))
	})
}

// startRancher starts the cluster on which Rancher runs, with what the tests of the guard bindings have there. The
// client is Rancher's own.
func startRancher(t *testing.T) (*wired.System, client.Client) {
	t.Helper()
	dir := filepath.Join("..", "webhook", "admit", "testdata", "bindings")
	s := start(t, dir, []controlplane.CRDSet{controlplane.Rancher}, "--rancher-cluster", policy.LocalCluster)
	admin := clientFor(t, s.Admin())
	for _, text := range []string{
		`{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: everybody-writes}, rules: [{apiGroups: [management.cattle.io], resources: ["*"], verbs: ["*"]}]}`,
		`{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: everybody-writes}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: everybody-writes}, subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:authenticated"}]}`,
	} {
		require.NoError(t, admin.Create(t.Context(), object(t, text)))
	}
	apply(t, rancherUser(t, s, policy.RancherControllers()[0], "system:masters"), dir)
	return s, rancherUser(t, s, policy.RancherControllers()[0])
}

// rancherUser is a client of somebody for whom Rancher acts.
func rancherUser(t *testing.T, s *wired.System, id string, groups ...string) client.Client {
	t.Helper()
	cfg := rest.CopyConfig(s.Admin())
	cfg.Impersonate = rest.ImpersonationConfig{UserName: id, Groups: append(groups, "system:authenticated", "system:cattle:authenticated")}
	return clientFor(t, cfg)
}

func roleTemplate(name, fields string) string {
	return `{apiVersion: management.cattle.io/v3, kind: RoleTemplate, metadata: {name: ` + name + `}, context: cluster, ` + fields + `}`
}

func clusterBinding(cluster, role, subject string) string {
	return `{apiVersion: management.cattle.io/v3, kind: ClusterRoleTemplateBinding, metadata: {namespace: ` + cluster + `, generateName: crtb-}, clusterName: ` + cluster + `, roleTemplateName: ` + role + `, ` + subject + `}`
}

func projectBinding(role, subject string) string {
	return `{apiVersion: management.cattle.io/v3, kind: ProjectRoleTemplateBinding, metadata: {namespace: p-1, generateName: prtb-}, projectName: "c-a:p-1", roleTemplateName: ` + role + `, ` + subject + `}`
}
