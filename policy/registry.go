package policy

import (
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
)

// registry is what guards look up about roles and bindings of Rancher. None of the answers walks over all bindings.
type registry struct {
	globalRoles    map[Ref]*GlobalRole
	globalBindings map[Ref]*GlobalRoleBinding
	heirs          map[string][]Ref   // of a RoleTemplate, by its name
	bound          map[string]int     // bindings of a RoleTemplate, by its name
	given          map[membership]Ref // the binding that gives it, or the first of several
	owners         map[string][]Ref   // bindings that make somebody an owner, by target
}

// membership is that somebody has a RoleTemplate on a target.
type membership struct{ role, target, subject string }

// everywhere is the target of what makes somebody an administrator of Rancher.
const everywhere = ""

func newRegistry(objs *Objects, t *templates) registry {
	var twice problems // which are reported where the objects are compiled
	r := registry{
		globalRoles:    index(&twice, objs.GlobalRoles),
		globalBindings: index(&twice, objs.GlobalRoleBindings),
		heirs:          map[string][]Ref{},
		bound:          map[string]int{},
		given:          map[membership]Ref{},
		owners:         map[string][]Ref{},
	}
	for _, rt := range t.byName {
		r.inherits(&rt.Object, rt.RoleTemplateNames)
	}
	for _, g := range r.globalRoles {
		r.inherits(&g.Object, g.InheritedClusterRoles)
	}
	for _, list := range r.heirs {
		slices.SortFunc(list, Ref.compare)
	}
	owning := map[string]bool{} // the templates that are bound
	for _, b := range objs.TemplateBindings {
		rt := t.byName[b.RoleTemplateName]
		if _, known := owning[b.RoleTemplateName]; !known && rt != nil {
			owning[b.RoleTemplateName] = t.owns(rt)
		}
		r.binding(b, owning[b.RoleTemplateName])
	}
	for ref, b := range r.globalBindings {
		if g := r.globalRoles[Ref{Kind: "GlobalRole", Name: b.GlobalRoleName}]; g != nil && g.GivesEverything() && !b.Deleting() {
			r.owners[everywhere] = append(r.owners[everywhere], ref)
		}
	}
	return r
}

func (r *registry) inherits(heir *Object, templates []string) {
	if heir.Deleting() {
		return
	}
	for _, name := range templates {
		r.heirs[name] = append(r.heirs[name], heir.Ref())
	}
}

func (r *registry) binding(b *TemplateBinding, owner bool) {
	if b.Deleting() {
		return
	}
	r.bound[b.RoleTemplateName]++
	if owner {
		r.owners[b.Target()] = append(r.owners[b.Target()], b.Ref())
	}
	for _, g := range b.memberships() {
		if first, given := r.given[g]; !given || b.Ref().compare(first) < 0 {
			r.given[g] = b.Ref()
		}
	}
}

// memberships are what a binding makes of its subject, once for each way in which it names that.
func (b *TemplateBinding) memberships() []membership {
	var list []membership
	for _, subject := range []struct{ kind, name string }{
		{"user", b.UserName}, {"principal", b.UserPrincipalName}, {"group", b.GroupName}, {"group", b.GroupPrincipalName}, {"account", b.ServiceAccount},
	} {
		if subject.name != "" {
			list = append(list, membership{b.RoleTemplateName, b.Target(), subject.kind + " " + subject.name})
		}
	}
	return list
}

// owns says whether a template makes whoever has it an owner of the cluster or project.
//
// Upstream: rancher pkg/controllers/management/auth, by the verb own.
func (t *templates) owns(rt *RoleTemplate) bool {
	ask := Ask{Verb: "own", Group: RancherGroup, Resource: "clusters"}
	if rt.Context == ProjectContext {
		ask.Resource = "projects"
	}
	c := t.closure(rt)
	return slices.ContainsFunc(c.parts, func(p rulePart) bool {
		return slices.ContainsFunc(p.rules, func(rule rbacv1.PolicyRule) bool { return covers(&rule, &ask) })
	})
}
