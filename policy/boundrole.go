package policy

import (
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
)

// boundRole is a RoleTemplate with all that it inherits, or what a GlobalRole gives on some clusters.
type boundRole struct {
	ref         Ref
	via         string // the role as reasons end with it
	rules       ruleSet
	inNamespace map[string]*ruleSet // of a GlobalRole

	// What a role in a project gives on the whole cluster, and on the project's namespaces.
	promoted                      ruleSet
	createsNamespaces, updatesPSA bool
}

func newBoundRole(ref Ref) *boundRole { return &boundRole{ref: ref, via: ref.String()} }

// through is how a reason ends when the rule stands in a role that this one inherits.
func (r *boundRole) through(role Ref) string {
	if role == r.ref {
		return r.via
	}
	return role.String() + " (inherited by " + r.via + ")"
}

// given is a role, and the binding that gives it.
type given struct {
	*boundRole
	binding Ref
	by      string // how the reason begins
}

func newGiven(r *boundRole, binding Ref) given {
	return given{r, binding, "allowed by " + binding.String() + " via "}
}

// role is a template made ready for questions, once for all its bindings.
//
// Upstream: what a project's role gives beyond the project comes from the rules that stand in templates; those of
// ClusterRoles are left out, rancher pkg/controllers/managementuser/rbac/roletemplates.
func (b *templateBindings) role(rt *RoleTemplate) *boundRole {
	if r := b.roles[rt.Metadata.Name]; r != nil {
		return r
	}
	r := newBoundRole(rt.Ref())
	for _, part := range b.templates.closure(rt).parts {
		via := r.through(part.role)
		for i := range part.rules {
			r.rules.add(&part.rules[i], via)
		}
		for _, wide := range part.promoted(rt) {
			r.promoted.add(wide, via)
		}
		r.updatesPSA = r.updatesPSA || slices.ContainsFunc(part.beyondProject(rt), func(rule rbacv1.PolicyRule) bool { return covers(&rule, &updatingPSA) })
		r.createsNamespaces = r.createsNamespaces || rt.Context == ProjectContext && part.createsNamespaces()
	}
	b.roles[rt.Metadata.Name] = r
	return r
}

// beyondProject are the rules of a part that count beyond a project in which the template is bound.
func (p *rulePart) beyondProject(rt *RoleTemplate) []rbacv1.PolicyRule {
	if rt.Context != ProjectContext || p.external {
		return nil
	}
	return p.rules
}

// promoted is what they give on the whole cluster.
func (p *rulePart) promoted(rt *RoleTemplate) []*rbacv1.PolicyRule {
	var rules []*rbacv1.PolicyRule
	beyond := p.beyondProject(rt)
	for i := range beyond {
		rules = append(rules, promote(&beyond[i])...)
	}
	return rules
}

// PromotedRules are what a RoleTemplate gives on the whole cluster when it is bound in a project.
func (s *Snapshot) PromotedRules(rt *RoleTemplate) []rbacv1.PolicyRule {
	var rules []rbacv1.PolicyRule
	for _, part := range s.templates.closure(rt).parts {
		for _, rule := range part.promoted(rt) {
			rules = append(rules, *rule)
		}
	}
	return rules
}
