package policy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
)

// Somebody with a role of its own verb in each place where one can be given.
const everyPlace = `
{apiVersion: management.cattle.io/v3, kind: RoleTemplate, metadata: {name: on-cluster}, context: cluster, rules: [{apiGroups: [""], resources: [pods], verbs: [cluster]}]}
---
{apiVersion: management.cattle.io/v3, kind: RoleTemplate, metadata: {name: in-project}, context: project, rules: [{apiGroups: [""], resources: [pods], verbs: [project]}]}
---
{apiVersion: management.cattle.io/v3, kind: RoleTemplate, metadata: {name: on-all}, context: cluster, roleTemplateNames: [in-project], rules: [{apiGroups: [""], resources: [pods], verbs: [others]}, {apiGroups: [management.cattle.io], resources: [clusters], verbs: [own]}]}
---
{apiVersion: management.cattle.io/v3, kind: ClusterRoleTemplateBinding, metadata: {namespace: c-a, name: b}, clusterName: c-a, roleTemplateName: on-cluster, userName: u-a}
---
{apiVersion: management.cattle.io/v3, kind: ClusterRoleTemplateBinding, metadata: {namespace: c-a, name: a}, clusterName: c-a, roleTemplateName: on-cluster, groupPrincipalName: "g://1"}
---
{apiVersion: management.cattle.io/v3, kind: ClusterRoleTemplateBinding, metadata: {namespace: c-a, name: c}, clusterName: c-a, roleTemplateName: on-cluster, userName: u-a, userPrincipalName: "local://u-a"}
---
{apiVersion: management.cattle.io/v3, kind: ProjectRoleTemplateBinding, metadata: {namespace: p-1, name: b}, projectName: "c-a:p-1", roleTemplateName: in-project, userName: u-a}
---
{apiVersion: management.cattle.io/v3, kind: GlobalRole, metadata: {name: g}, rules: [{apiGroups: [""], resources: [pods], verbs: [local]}], inheritedClusterRoles: [on-all],
 namespacedRules: {x: [{apiGroups: [""], resources: [pods], verbs: [local-x]}]}, inheritedNamespacedRules: {x: [{apiGroups: [""], resources: [pods], verbs: [others-x]}]},
 inheritedFleetWorkspacePermissions: {resourceRules: [{apiGroups: [""], resources: [pods], verbs: [workspaces]}], workspaceVerbs: [enter]}}
---
{apiVersion: management.cattle.io/v3, kind: GlobalRoleBinding, metadata: {name: g}, globalRoleName: g, userName: u-a}
`

func TestTargetRules(t *testing.T) {
	snap := snapshotOf(t, everyPlace, false)
	for _, tc := range []struct{ target, namespace, want string }{
		{policy.LocalCluster, "", "local"},
		{policy.LocalCluster, "x", "local local-x"},
		{"local:p-1", "", "local"},
		{"c-a", "", "cluster others own project"},
		{"c-a", "x", "cluster others others-x own project"},
		{"c-a:p-1", "", "cluster others own project"},
		{"c-b", "", "others own project"},
		{"c-b:p-1", "y", "others own project"},
		{policy.EveryOther, "x", "others others-x own project"},
		{policy.Workspaces, "", "enter workspaces"},
	} {
		require.Equal(t, tc.want, verbs(snap, "u-a", tc.target, tc.namespace), "%s %s", tc.target, tc.namespace)
	}
	require.Empty(t, verbs(snap, "u-b", "c-a", ""))
}

func verbs(snap *policy.Snapshot, user, target, namespace string) string {
	var list []string
	for _, rule := range snap.TargetRules(policy.Subject{Name: user}, target, namespace) {
		list = append(list, rule.Verbs...)
	}
	slices.Sort(list)
	return strings.Join(slices.Compact(list), " ")
}

// What guards look up does not depend on the order in which objects were read.
func TestLookups(t *testing.T) {
	for _, backwards := range []bool{false, true} {
		snap := snapshotOf(t, everyPlace, backwards)
		require.Equal(t, []policy.Ref{{Kind: "RoleTemplate", Name: "on-all"}}, snap.InheritedBy("in-project"))
		require.Equal(t, []policy.Ref{{Kind: "GlobalRole", Name: "g"}}, snap.InheritedBy("on-all"))
		require.Equal(t, 3, snap.BoundTimes("on-cluster"))
		fourth := boundOnA("d", "u-a")
		first, given := snap.GivenBy(fourth)
		require.True(t, given)
		require.Equal(t, policy.Ref{Kind: "ClusterRoleTemplateBinding", Namespace: "c-a", Name: "b"}, first)
		_, given = snap.GivenBy(boundOnA("d", "u-b"))
		require.False(t, given)
	}
}

func boundOnA(name, user string) *policy.TemplateBinding {
	b := &policy.TemplateBinding{RoleTemplateName: "on-cluster", ClusterName: "c-a", UserName: user}
	b.Kind, b.Metadata.Namespace, b.Metadata.Name = "ClusterRoleTemplateBinding", "c-a", name
	return b
}

func snapshotOf(t *testing.T, text string, backwards bool) *policy.Snapshot {
	t.Helper()
	if backwards {
		documents := strings.Split(text, "\n---\n")
		slices.Reverse(documents)
		text = strings.Join(documents, "\n---\n")
	}
	objs := &policy.Objects{}
	require.Empty(t, load.Text(objs, "policy.yaml", []byte(text)))
	snap, problems := policy.Compile(objs, policy.Options{RancherCluster: policy.LocalCluster})
	require.Empty(t, problems)
	return snap
}
