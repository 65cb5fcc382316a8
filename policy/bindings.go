package policy

import (
	"fmt"
	"strings"
)

// templateBindings compiles who holds which RoleTemplates and GlobalRoles on what.
type templateBindings struct {
	*compiler
	templates templates
	members   members
	projects  map[string]*Project
	roles     map[string]*boundRole // RoleTemplates that are bound, by name
}

func (c *compiler) rancher(objs *Objects, roles map[Ref]*Role) {
	b := templateBindings{
		compiler:  c,
		templates: newTemplates(&c.problems, objs.RoleTemplates, roles),
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
	c.snap.registry = newRegistry(objs, &b.templates)
}

// namespacesOf is the project of each namespace of the cluster that is served.
func (c *compiler) namespacesOf(objs *Objects) map[string]string {
	projects := map[string]string{}
	var twice problems // settingFacts reports them
	for _, n := range unique(&twice, objs.Namespaces) {
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
	field, context, namespace := "clusterName", ClusterContext, clusterNamespace(binding)
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
		report("roleTemplateName", notFor(rt, context))
	default:
		names := subjects{binding.UserName, []string{binding.GroupName, binding.GroupPrincipalName}, binding.ServiceAccount}
		g := newGiven(b.role(rt), binding.Ref())
		for _, m := range b.holders(&binding.Object, names) {
			m.bind(binding.Target(), g)
		}
	}
}

// notFor says why a template cannot be bound there.
func notFor(rt *RoleTemplate, context string) string {
	return fmt.Sprintf("%s has the context %q, so it is not for a %s", rt.Ref(), rt.Context, context)
}

// clusterNamespace is the namespace in which bindings of a cluster stand, or "" when the binding names no cluster.
func clusterNamespace(binding *TemplateBinding) string {
	if strings.ContainsAny(binding.ClusterName, ":"+EveryOther) {
		return ""
	}
	return binding.ClusterName
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

// holders is whom a binding names. Of one that names two Rancher makes nothing.
//
// Upstream: rancher pkg/rbac, BuildSubjectFromRTB.
func (b *templateBindings) holders(o *Object, names subjects) []*member {
	var holders []*member
	if names.user != "" {
		holders = append(holders, memberOf(b.members.users, names.user))
	}
	for _, group := range names.groups {
		if group != "" {
			holders = append(holders, memberOf(b.members.groups, group))
		}
	}
	if account, ok := ParseServiceAccount("system:serviceaccount:" + names.account); ok {
		holders = append(holders, memberOf(b.members.users, account.Username()))
	}
	switch {
	case len(holders) == 0:
		b.problems.add(Warning, o, "", "names neither a user nor a group, so it gives nothing", "set userName or groupPrincipalName")
	case len(holders) > 1:
		b.problems.add(Error, o, "", "names more than one user or group, so it gives nothing", "make a binding for each")
		return nil
	}
	return holders
}
