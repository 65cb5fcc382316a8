package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// farthest is how far a template inherits.
const farthest = 500

// template gives get on a resource of its own name.
func template(name string, inherits ...string) *policy.RoleTemplate {
	rt := &policy.RoleTemplate{Context: policy.ClusterContext, RoleTemplateNames: inherits,
		Rules: []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{name}, Verbs: []string{"get"}}}}
	rt.Kind, rt.Metadata.Name = "RoleTemplate", name
	return rt
}

func clusterBinding(name, role, user string) *policy.TemplateBinding {
	b := &policy.TemplateBinding{ClusterName: "c-m-x", RoleTemplateName: role, UserName: user}
	b.Kind, b.Metadata.Name, b.Metadata.Namespace = "ClusterRoleTemplateBinding", name, "c-m-x"
	return b
}

func onCluster(objs *policy.Objects) (*policy.Snapshot, []policy.Problem) {
	return policy.Compile(objs, policy.Options{RancherCluster: "c-m-x"})
}

func gets(s *policy.Snapshot, user, resource string) bool {
	_, allowed := s.TemplateGrant(policy.Subject{Name: user}, &policy.Ask{Verb: "get", Resource: resource})
	return allowed
}

func TestInheritanceEnds(t *testing.T) {
	const length = 10_000
	objs := &policy.Objects{}
	name := func(i int) string { return fmt.Sprintf("t%05d", i) }
	for i := range length {
		objs.RoleTemplates = append(objs.RoleTemplates, template(name(i), name(i+1)))
	}
	objs.RoleTemplates = append(objs.RoleTemplates, template(name(length)))
	objs.TemplateBindings = append(objs.TemplateBindings, clusterBinding("b", name(0), "u-a"), clusterBinding("c", name(length-farthest), "u-b"))
	snap, problems := onCluster(objs)

	require.True(t, gets(snap, "u-a", name(farthest)))
	require.False(t, gets(snap, "u-a", name(farthest+1)))
	require.True(t, gets(snap, "u-b", name(length)))
	require.Len(t, problems, length-farthest, "each template that inherits too much is named")
	require.Equal(t, `RoleTemplate "t00000": roleTemplateNames: inherits over more than 500 templates; those beyond give nothing`, problems[0].String())
}

// A finalizer of anybody keeps a role that is deleted; what Rancher made of it is gone by then.
func TestDeletedRolesGiveNothing(t *testing.T) {
	gone := template("gone", "kept")
	gone.Metadata.DeletionTimestamp = &metav1.Time{}
	admin := &policy.GlobalRole{Rules: []rbacv1.PolicyRule{
		{APIGroups: []string{"*"}, Resources: []string{"*"}, Verbs: []string{"*"}}, {NonResourceURLs: []string{"*"}, Verbs: []string{"*"}}}}
	admin.Kind, admin.Metadata.Name, admin.Metadata.DeletionTimestamp = "GlobalRole", "admin", &metav1.Time{}
	binding := &policy.GlobalRoleBinding{GlobalRoleName: "admin", UserName: "u-admin"}
	binding.Kind, binding.Metadata.Name = "GlobalRoleBinding", "b"
	snap, problems := onCluster(&policy.Objects{
		RoleTemplates:      []*policy.RoleTemplate{gone, template("kept"), template("heir", "gone", "kept")},
		TemplateBindings:   []*policy.TemplateBinding{clusterBinding("g", "gone", "u-gone"), clusterBinding("h", "heir", "u-heir")},
		GlobalRoles:        []*policy.GlobalRole{admin},
		GlobalRoleBindings: []*policy.GlobalRoleBinding{binding},
	})
	require.False(t, gets(snap, "u-gone", "gone"))
	require.False(t, gets(snap, "u-gone", "kept"))
	require.False(t, gets(snap, "u-heir", "gone"))
	require.True(t, gets(snap, "u-heir", "kept"))
	require.False(t, gets(snap, "u-admin", "kept"))
	require.Len(t, problems, 3, "who lost by it is named")
}

// Every one of 1,000 templates inherits every other, and each is bound: a million edges, and each template is on more
// cycles than anybody could follow.
func TestDenseInheritance(t *testing.T) {
	const n = 1000
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("t%03d", i)
	}
	objs := &policy.Objects{}
	for i, name := range names {
		objs.RoleTemplates = append(objs.RoleTemplates, template(name, names...))
		if i%100 == 0 {
			objs.TemplateBindings = append(objs.TemplateBindings, clusterBinding(name, name, "u-"+name))
		}
	}
	snap, problems := onCluster(objs)
	for _, name := range names {
		require.True(t, gets(snap, "u-t000", name))
		require.True(t, gets(snap, "u-t900", name))
		require.Equal(t, []string{name, name}, snap.TemplateCycle(snap.Template(name)), "the shortest way")
	}
	require.Len(t, problems, 2*n-farthest-1, "a cycle each, and the heights beyond the limit")
	for _, p := range problems {
		require.Less(t, len(p.String()), 200, "a sentence stays one")
	}
}

func TestCyclesThatAWriteWouldClose(t *testing.T) {
	snap, problems := onCluster(&policy.Objects{RoleTemplates: []*policy.RoleTemplate{
		template("a", "b"), template("b", "c", "d"), template("c"), template("d", "c"),
	}})
	require.Empty(t, problems)
	require.Nil(t, snap.TemplateCycle(template("c")))
	require.Nil(t, snap.TemplateCycle(template("c", "unknown")))
	require.Equal(t, []string{"c", "a", "b", "c"}, snap.TemplateCycle(template("c", "a")))
	require.Equal(t, []string{"d", "a", "b", "d"}, snap.TemplateCycle(template("d", "c", "a")))
	require.Equal(t, []string{"new", "new"}, snap.TemplateCycle(template("new", "a", "new")))
}

// What an external template gives: its externalRules, or the ClusterRole of its name; never both, and never its rules.
func TestExternalTemplates(t *testing.T) {
	rules := func(resource string) []rbacv1.PolicyRule {
		return []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{resource}, Verbs: []string{"get"}}}
	}
	external := func(name string, externalRules []rbacv1.PolicyRule) *policy.RoleTemplate {
		rt := template(name)
		rt.External, rt.ExternalRules, rt.Rules = true, externalRules, rules("its-own")
		return rt
	}
	role := func(name string) *policy.Role {
		r := &policy.Role{Rules: rules("of-the-cluster-role")}
		r.Kind, r.Metadata.Name = "ClusterRole", name
		return r
	}
	namesake := role("missing")
	namesake.Kind, namesake.Metadata.Namespace = "Role", "default"
	snap, problems := onCluster(&policy.Objects{
		Roles: []*policy.Role{role("by-role"), role("by-rules"), role("by-no-rules"), namesake},
		RoleTemplates: []*policy.RoleTemplate{external("by-role", nil), external("by-rules", rules("external")),
			external("by-no-rules", []rbacv1.PolicyRule{}), external("missing", nil)},
	})
	for name, want := range map[string][]string{"by-role": {"of-the-cluster-role"}, "by-rules": {"external"}, "by-no-rules": nil, "missing": nil} {
		given, unknown := snap.TemplateRules(snap.Template(name))
		var resources []string
		for _, rule := range given {
			resources = append(resources, rule.Resources...)
		}
		require.Equal(t, want, resources, name)
		require.Equal(t, name == "missing", len(unknown) > 0, name)
	}
	require.Len(t, problems, 1)
	require.True(t, strings.HasSuffix(problems[0].String(), `external: ClusterRole "missing" not found, so it gives nothing`), problems[0].String())
}
