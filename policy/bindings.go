package policy

import (
	"fmt"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
)

// templateBindings compiles who holds which RoleTemplates and GlobalRoles on what.
type templateBindings struct {
	*compiler
	templates templates
	members   members
	projects  map[string]*Project
	roles     map[string]*boundRole // RoleTemplates that are bound, by name
}

func (c *compiler) rancher(objs *Objects) {
	b := templateBindings{
		compiler:  c,
		templates: newTemplates(&c.problems, objs),
		members:   members{users: map[string]*member{}, groups: map[string]*member{}},
		projects:  map[string]*Project{},
		roles:     map[string]*boundRole{},
	}
	for _, p := range unique(&c.problems, objs.Projects) {
		b.projects[p.ID()] = p
	}
	for _, binding := range unique(&c.problems, objs.TemplateBindings) {
		b.binding(binding)
	}
	b.global(objs)
	c.snap.templates, c.snap.members, c.snap.projects = b.templates, b.members, b.projects
	c.snap.projectOf = c.namespacesOf(objs)
}

// namespacesOf is the project of each namespace of the cluster that is served.
func (c *compiler) namespacesOf(objs *Objects) map[string]string {
	projects := map[string]string{}
	for _, n := range objs.Namespaces {
		if cluster, _, ok := strings.Cut(n.ProjectOf(), ":"); ok && cluster == c.opts.RancherCluster {
			projects[n.Metadata.Name] = n.ProjectOf()
		}
	}
	return projects
}

// binding gives its subject the template. What Rancher's webhook would not have let through gives nothing: a
// binding that stands elsewhere than what it binds on, or a template that is not meant for that.
//
// Upstream: rancher/webhook pkg/resources/management.cattle.io/v3/{cluster,project}roletemplatebinding.
func (b *templateBindings) binding(binding *TemplateBinding) {
	report := func(path, message string) { b.problems.add(Error, &binding.Object, path, message, "") }
	rt := b.templates.byName[binding.RoleTemplateName]
	field, context, namespace := "clusterName", ClusterContext, binding.ClusterName
	if binding.Kind == "ProjectRoleTemplateBinding" {
		field, context, namespace = "projectName", ProjectContext, b.backing(binding)
	}
	switch {
	case binding.Deleting():
	case namespace == "":
		report(field, fmt.Sprintf("%q names no %s", binding.Target(), context))
	case binding.Metadata.Namespace != namespace:
		report("metadata.namespace", fmt.Sprintf("what is bound on %s stands in namespace %s, so this gives nothing", binding.Target(), namespace))
	case rt == nil:
		report("roleTemplateName", fmt.Sprintf("RoleTemplate %q not found", binding.RoleTemplateName))
	case rt.Context != context:
		report("roleTemplateName", fmt.Sprintf("%s is for a %s, not for a %s", rt.Ref(), rt.Context, context))
	default:
		b.subjects(&binding.Object, subjects{binding.UserName, []string{binding.GroupName, binding.GroupPrincipalName}, binding.ServiceAccount},
			func(m *member) { m.bind(binding.Target(), given{b.role(rt), binding.Ref()}) })
	}
}

// backing is the namespace in which bindings of a project stand, or "" when the binding names no project.
func (b *templateBindings) backing(binding *TemplateBinding) string {
	cluster, name, ok := strings.Cut(binding.ProjectName, ":")
	switch p := b.projects[binding.ProjectName]; {
	case !ok || cluster == "" || name == "":
		return ""
	case p != nil && p.Status.BackingNamespace != "":
		return p.Status.BackingNamespace
	case p == nil && binding.Metadata.Namespace == cluster+"-"+name:
		return binding.Metadata.Namespace // as newer projects have it, and this one is not in the policy
	default:
		return name
	}
}

// subjects are who a binding names. Rancher turns the principal of a user into his name; until then it gives nothing.
type subjects struct {
	user    string
	groups  []string
	account string // <namespace>:<name>
}

func (b *templateBindings) subjects(o *Object, names subjects, give func(*member)) {
	nobody := true
	to := func(m map[string]*member, name string) {
		if m[name] == nil {
			m[name] = &member{on: map[string][]given{}, promoted: map[string][]given{}}
		}
		give(m[name])
		nobody = false
	}
	if names.user != "" {
		to(b.members.users, names.user)
	}
	for _, group := range names.groups {
		if group != "" {
			to(b.members.groups, group)
		}
	}
	if account, ok := ParseServiceAccount("system:serviceaccount:" + names.account); ok {
		to(b.members.users, account.Username())
	}
	if nobody {
		b.problems.add(Warning, o, "", "names neither a user nor a group, so it gives nothing", "")
	}
}

func (m *member) bind(target string, b given) {
	m.on[target] = append(m.on[target], b)
	cluster, _, inProject := strings.Cut(target, ":")
	if !inProject {
		return
	}
	for _, other := range m.promoted[cluster] {
		if other.boundRole == b.boundRole {
			return
		}
	}
	m.promoted[cluster] = append(m.promoted[cluster], b)
}

// role is a template made ready for questions, once for all its bindings.
func (b *templateBindings) role(rt *RoleTemplate) *boundRole {
	if r := b.roles[rt.Metadata.Name]; r != nil {
		return r
	}
	r := &boundRole{ref: rt.Ref()}
	for _, part := range b.templates.closure(rt).parts {
		for i := range part.rules {
			rule := &part.rules[i]
			r.rules.add(rule, part.role)
			if rt.Context != ProjectContext {
				continue
			}
			for _, wide := range promote(rule) {
				r.promoted.add(wide, part.role)
			}
			r.createsNamespaces = r.createsNamespaces || covers(rule, &creatingNamespaces)
			r.updatesPSA = r.updatesPSA || covers(rule, &updatingPSA)
		}
	}
	b.roles[rt.Metadata.Name] = r
	return r
}

// global gives what bindings of GlobalRoles give.
//
// Upstream: rancher pkg/controllers/management/auth/globalroles, and pkg/controllers/managementuser/rbac for other
// clusters.
func (b *templateBindings) global(objs *Objects) {
	byName := index(&b.problems, objs.GlobalRoles)
	for _, binding := range unique(&b.problems, objs.GlobalRoleBindings) {
		role := byName[Ref{Kind: "GlobalRole", Name: binding.GlobalRoleName}]
		switch {
		case binding.Deleting():
			continue
		case role == nil:
			b.problems.add(Error, &binding.Object, "globalRoleName", fmt.Sprintf("GlobalRole %q not found", binding.GlobalRoleName), "")
			continue
		}
		local, others := b.globalRole(role)
		b.subjects(&binding.Object, subjects{user: binding.UserName, groups: []string{binding.GroupPrincipalName}}, func(m *member) {
			m.bind(LocalCluster, given{local, binding.Ref()})
			for _, r := range others {
				m.bind(everyOther, given{r, binding.Ref()})
			}
		})
	}
}

// globalRole is what a GlobalRole gives on the local cluster, and on all others.
func (b *templateBindings) globalRole(g *GlobalRole) (local *boundRole, others []*boundRole) {
	local = namespacedRole(g, g.NamespacedRules)
	for i := range g.Rules {
		local.rules.add(&g.Rules[i], g.Ref())
	}
	other := namespacedRole(g, g.InheritedNamespacedRules)
	if isAdmin(g.Rules) {
		// Rancher makes whoever holds everything here an administrator everywhere.
		for i := range g.Rules {
			other.rules.add(&g.Rules[i], g.Ref())
		}
	}
	others = append(others, other)
	for i, name := range g.InheritedClusterRoles {
		rt := b.templates.byName[name]
		if rt == nil {
			b.problems.add(Error, &g.Object, fmt.Sprintf("inheritedClusterRoles[%d]", i), fmt.Sprintf("RoleTemplate %q not found", name), "")
			continue
		}
		others = append(others, b.role(rt))
	}
	return local, others
}

func namespacedRole(g *GlobalRole, rules map[string][]rbacv1.PolicyRule) *boundRole {
	r := &boundRole{ref: g.Ref(), inNamespace: map[string]*ruleSet{}}
	for namespace, list := range rules {
		set := &ruleSet{}
		for i := range list {
			set.add(&list[i], g.Ref())
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
