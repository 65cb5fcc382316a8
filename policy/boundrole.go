package policy

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
			rule := &part.rules[i]
			r.rules.add(rule, via)
			if rt.Context != ProjectContext || part.external {
				continue
			}
			for _, wide := range promote(rule) {
				r.promoted.add(wide, via)
			}
			r.createsNamespaces = r.createsNamespaces || covers(rule, &creatingNamespaces)
			r.updatesPSA = r.updatesPSA || covers(rule, &updatingPSA)
		}
	}
	b.roles[rt.Metadata.Name] = r
	return r
}
