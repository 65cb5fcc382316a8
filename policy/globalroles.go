package policy

import (
	"fmt"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
)

// globalRole is what a GlobalRole gives on the local cluster, and on all others.
type globalRole struct {
	local  *boundRole
	others []*boundRole
}

// global gives what bindings of GlobalRoles give.
//
// Upstream: rancher pkg/controllers/management/auth/globalroles, and pkg/controllers/managementuser/rbac for other
// clusters.
func (b *templateBindings) global(objs *Objects) {
	roles := map[string]globalRole{}
	for _, g := range slices.DeleteFunc(unique(&b.problems, objs.GlobalRoles), (*GlobalRole).Deleting) {
		roles[g.Metadata.Name] = b.globalRole(g)
	}
	for _, binding := range unique(&b.problems, objs.GlobalRoleBindings) {
		role, known := roles[binding.GlobalRoleName]
		switch {
		case binding.Deleting():
			continue
		case !known:
			b.problems.add(Error, &binding.Object, "globalRoleName", fmt.Sprintf("GlobalRole %q not found", binding.GlobalRoleName), "")
			continue
		}
		names := subjects{user: binding.UserName, groups: []string{binding.GroupPrincipalName}}
		for _, m := range b.holders(&binding.Object, names) {
			m.bind(LocalCluster, newGiven(role.local, binding.Ref()))
			for _, r := range role.others {
				m.bind(EveryOther, newGiven(r, binding.Ref()))
			}
		}
	}
}

func (b *templateBindings) globalRole(g *GlobalRole) globalRole {
	local, other := namespacedRole(g, g.NamespacedRules), namespacedRole(g, g.InheritedNamespacedRules)
	everything := isAdmin(g.Rules) // Rancher makes whoever holds that on the local cluster an administrator everywhere
	for i := range g.Rules {
		local.rules.add(&g.Rules[i], local.via)
		if everything {
			other.rules.add(&g.Rules[i], other.via)
		}
	}
	role := globalRole{local: local, others: []*boundRole{other}}
	for i, name := range g.InheritedClusterRoles {
		rt := b.templates.byName[name]
		path := fmt.Sprintf("inheritedClusterRoles[%d]", i)
		switch {
		case rt == nil:
			b.problems.add(Error, &g.Object, path, fmt.Sprintf("RoleTemplate %q not found", name), "")
		case rt.Context != ClusterContext:
			b.problems.add(Error, &g.Object, path, notFor(rt, ClusterContext), "")
		default:
			role.others = append(role.others, b.role(rt))
		}
	}
	return role
}

func namespacedRole(g *GlobalRole, rules map[string][]rbacv1.PolicyRule) *boundRole {
	r := newBoundRole(g.Ref())
	r.inNamespace = map[string]*ruleSet{}
	for namespace, list := range rules {
		if namespace == "" {
			continue // it would be the whole cluster
		}
		set := &ruleSet{}
		for i := range list {
			set.add(&list[i], r.via)
		}
		r.inNamespace[namespace] = set
	}
	return r
}

// isAdmin says whether rules give everything.
func isAdmin(rules []rbacv1.PolicyRule) bool {
	resource := Ask{Verb: rbacv1.VerbAll, Group: rbacv1.APIGroupAll, Resource: rbacv1.ResourceAll}
	path := Ask{Verb: rbacv1.VerbAll, Path: rbacv1.NonResourceAll, NonResource: true}
	all, paths := false, false
	for i := range rules {
		all = all || len(rules[i].ResourceNames) == 0 && covers(&rules[i], &resource)
		paths = paths || covers(&rules[i], &path)
	}
	return all && paths
}
