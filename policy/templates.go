package policy

import (
	"fmt"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
)

// maxInheritance is how far a template inherits: from those that are so many steps away.
//
// Upstream: rancher's resolver gives up there too, pkg/rbac.
const maxInheritance = 500

// templates resolves RoleTemplates.
type templates struct {
	byName map[string]*RoleTemplate
	roles  map[Ref]*Role // the ClusterRoles among them are what external templates may stand for
}

func newTemplates(ps *problems, list []*RoleTemplate, roles map[Ref]*Role) templates {
	t := templates{byName: map[string]*RoleTemplate{}, roles: roles}
	sorted := slices.DeleteFunc(unique(ps, list), (*RoleTemplate).Deleting) // Rancher takes away at once what they gave
	for _, rt := range sorted {
		t.byName[rt.Metadata.Name] = rt
	}
	t.checkInheritance(ps, sorted)
	return t
}

// closure is a template with all that it inherits.
type closure struct {
	parts []rulePart // of each template once
	// unknown are the templates and ClusterRoles among them that are not there.
	unknown []Ref
}

// rulePart is what one template adds to those that inherit it.
type rulePart struct {
	role     Ref
	rules    []rbacv1.PolicyRule
	external bool
}

// closure goes from a template to those that it inherits, the nearest first, and to each once, so that one which
// inherits itself adds nothing by that.
func (t *templates) closure(rt *RoleTemplate) closure {
	var c closure
	seen := map[string]bool{rt.Metadata.Name: true}
	for level, depth := []*RoleTemplate{rt}, 0; len(level) > 0 && depth <= maxInheritance; depth++ {
		var next []*RoleTemplate
		for _, rt := range level {
			t.own(&c, rt)
			for _, name := range rt.RoleTemplateNames {
				if seen[name] {
					continue
				}
				seen[name] = true
				if inherited := t.byName[name]; inherited != nil {
					next = append(next, inherited)
				} else {
					c.unknown = append(c.unknown, Ref{Kind: "RoleTemplate", Name: name})
				}
			}
		}
		level = next
	}
	return c
}

// own adds the rules that a template has by itself: its own, or when it is external those that it names.
//
// Upstream: rancher/webhook pkg/auth/roleTemplate.go, which reads the ClusterRole whatever the template's context.
func (t *templates) own(c *closure, rt *RoleTemplate) {
	part := rulePart{rt.Ref(), rt.Rules, rt.External}
	switch {
	case rt.External && rt.ExternalRules != nil:
		part.rules = rt.ExternalRules
	case rt.External:
		part.role = clusterRoleOf(rt)
		role := t.roles[part.role]
		if role == nil {
			c.unknown = append(c.unknown, part.role)
			return
		}
		part.rules = role.Rules
	}
	c.parts = append(c.parts, part)
}

// clusterRoleOf is the ClusterRole that an external template without rules stands for.
func clusterRoleOf(rt *RoleTemplate) Ref { return Ref{Kind: "ClusterRole", Name: rt.Metadata.Name} }

// rules are all rules of a closure.
func (c *closure) rules() []rbacv1.PolicyRule {
	var rules []rbacv1.PolicyRule
	for _, part := range c.parts {
		rules = append(rules, part.rules...)
	}
	return rules
}

// Template is the RoleTemplate of that name, or nil.
func (s *Snapshot) Template(name string) *RoleTemplate { return s.templates.byName[name] }

// TemplateRules are the rules of a RoleTemplate with all that it inherits, whether it is in the policy itself or not, and
// what Rancher gives besides in a project to who creates namespaces: all rights on those of the project.
// Unknown are the templates and ClusterRoles among them that are not there, of which nobody knows what they give.
func (s *Snapshot) TemplateRules(rt *RoleTemplate) (rules []rbacv1.PolicyRule, unknown []Ref) {
	c := s.templates.closure(rt)
	rules = c.rules()
	if rt.Context == ProjectContext && slices.ContainsFunc(c.parts, rulePart.createsNamespaces) {
		rules = append(rules, keepNamespaces)
	}
	return rules, c.unknown
}

// external reports an external template that stands for nothing.
func (t *templates) external(ps *problems, rt *RoleTemplate) {
	if rt.External && rt.ExternalRules == nil && t.roles[clusterRoleOf(rt)] == nil {
		ps.add(Warning, &rt.Object, "external", fmt.Sprintf("%s not found, so it gives nothing", clusterRoleOf(rt)), "")
	}
}
