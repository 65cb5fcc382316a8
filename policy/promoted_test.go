package policy_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// reached is what Rancher promotes, by resource and group.
var reached = map[string]string{
	"navlinks":          "ui.cattle.io",
	"nodes":             "",
	"persistentvolumes": "",
	"storageclasses":    "storage.k8s.io",
	"apiservices":       "apiregistration.k8s.io",
	"clusterrepos":      "catalog.cattle.io",
	"clusters":          "management.cattle.io",
}

// Every rule over these resources, groups and names, in a project's role, gives on the whole cluster exactly what it
// covers of the resources that Rancher promotes; of clusters only the local one.
func TestPromotedRules(t *testing.T) {
	resources := []string{"*", "nodes", "clusters", "clusterrepos", "storageclasses", "pods", "*/status", "nodes/status"}
	groups := []string{"*", "", "management.cattle.io", "catalog.cattle.io", "storage.k8s.io"}
	for _, names := range [][]string{nil, {"local"}, {"n1"}, {"n1", "local"}} {
		for _, resource := range resources {
			for _, group := range groups {
				rule := rbacv1.PolicyRule{Verbs: []string{"get"}, APIGroups: []string{group}, Resources: []string{resource}, ResourceNames: names}
				snap := inProject(t, rule)
				for askedResource, itsGroup := range reached {
					for _, askedGroup := range []string{"", "management.cattle.io", "catalog.cattle.io", "storage.k8s.io"} {
						for _, name := range []string{"n1", "local", ""} {
							want := itsGroup == askedGroup && (resource == "*" || resource == askedResource) && (group == "*" || group == askedGroup)
							if askedResource == "clusters" {
								want = want && name == "local" && (names == nil || slices.Contains(names, "local"))
							} else {
								want = want && (names == nil || slices.Contains(names, name))
							}
							ask := policy.Ask{Verb: "get", Group: askedGroup, Resource: askedResource, Name: name}
							_, allowed := snap.TemplateGrant(policy.Subject{Name: "u-a"}, &ask)
							require.Equal(t, want, allowed, "%+v: %+v", rule, ask)
						}
					}
				}
			}
		}
	}
}

func inProject(t *testing.T, rules ...rbacv1.PolicyRule) *policy.Snapshot {
	t.Helper()
	rt := template("role")
	rt.Context, rt.Rules = policy.ProjectContext, rules
	binding := &policy.TemplateBinding{ProjectName: "c-m-x:p1", RoleTemplateName: "role", UserName: "u-a"}
	binding.Kind, binding.Metadata.Name, binding.Metadata.Namespace = "ProjectRoleTemplateBinding", "b", "c-m-x-p1"
	snap, problems := onCluster(&policy.Objects{RoleTemplates: []*policy.RoleTemplate{rt}, TemplateBindings: []*policy.TemplateBinding{binding}})
	require.Empty(t, problems)
	return snap
}

// A role that may create some namespaces only, which RBAC knows no way to say, is none that creates namespaces.
func TestRulesThatCreateNamespaces(t *testing.T) {
	for _, c := range []struct {
		rule rbacv1.PolicyRule
		want bool
	}{
		{rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"namespaces"}, Verbs: []string{"create"}}, true},
		{rbacv1.PolicyRule{APIGroups: []string{"*"}, Resources: []string{"*"}, Verbs: []string{"*"}}, true},
		{rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"namespaces"}, Verbs: []string{"create"}, ResourceNames: []string{"n"}}, false},
		{rbacv1.PolicyRule{APIGroups: []string{"apps"}, Resources: []string{"namespaces"}, Verbs: []string{"create"}}, false},
		{rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"namespaces"}, Verbs: []string{"update"}}, false},
		{rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"namespaces/status"}, Verbs: []string{"create"}}, false},
	} {
		snap := inProject(t, c.rule)
		for _, ask := range []policy.Ask{
			{Verb: "create", Resource: "namespaces"},
			{Verb: "manage-namespaces", Group: "management.cattle.io", Resource: "projects", Name: "p1"},
		} {
			_, allowed := snap.TemplateGrant(policy.Subject{Name: "u-a"}, &ask)
			require.Equal(t, c.want, allowed, "%+v: %+v", c.rule, ask)
		}
	}
}
