package admit

import (
	"slices"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// grbOwner is the label with which Rancher marks the bindings that it makes, on each cluster, for a GlobalRoleBinding.
const grbOwner = "authz.management.cattle.io/grb-owner"

// roleCanBeBound refuses to bind a role that is not there, is for something else, or is locked. A binding that exists is
// not touched when its role is locked later.
func roleCanBeBound(q *Question, b, old *binding) Verdict {
	creating := old == nil
	if b.global() {
		return unless(!creating, q.globalRoleCanBeBound(b, creating))
	}
	return unless(!creating, q.templateCanBeBound(b, creating))
}

func (q *Question) templateCanBeBound(b *binding, creating bool) Verdict {
	const field = "roleTemplateName"
	owner, marked := b.Metadata.Labels[grbOwner]
	if creating && marked && q.Snapshot.GlobalRoleBinding(owner) == nil {
		return invalid("metadata.labels["+grbOwner+"]", "GlobalRoleBinding %q is not known here: leave the label to Rancher", owner)
	}
	context := policy.ClusterContext
	if b.inProject() {
		context = policy.ProjectContext
	}
	switch rt := q.Snapshot.Template(b.RoleTemplateName); {
	case b.RoleTemplateName == "":
		return invalid(field, "is required")
	case rt == nil:
		return invalid(field, "RoleTemplate %q is not known here: name one that is there", b.RoleTemplateName)
	case rt.Context != context:
		return invalid(field, "%s has the context %q, so it is not for a %s", rt.Ref(), rt.Context, context)
	case creating && rt.Locked && !q.inheritsFor(owner, rt):
		return invalid(field, "%s is locked: it must not be given anew", rt.Ref())
	}
	return Verdict{}
}

// inheritsFor says whether a GlobalRoleBinding gives the template on all clusters, so that a binding of it may follow.
func (q *Question) inheritsFor(owner string, rt *policy.RoleTemplate) bool {
	b := q.Snapshot.GlobalRoleBinding(owner)
	if b == nil || b.Deleting() {
		return false
	}
	g := q.Snapshot.GlobalRole(b.GlobalRoleName)
	return g != nil && slices.Contains(g.InheritedClusterRoles, rt.Metadata.Name)
}

func (q *Question) globalRoleCanBeBound(b *binding, creating bool) Verdict {
	const field = "globalRoleName"
	g := q.Snapshot.GlobalRole(b.GlobalRoleName)
	switch {
	case b.GlobalRoleName == "":
		return invalid(field, "is required")
	case g == nil:
		return invalid(field, "GlobalRole %q is not known here: name one that is there", b.GlobalRoleName)
	case !creating:
		return Verdict{}
	}
	for _, name := range g.InheritedClusterRoles {
		switch rt := q.Snapshot.Template(name); {
		case rt == nil:
			return invalid(field, "%s inherits RoleTemplate %q, which is not known here", g.Ref(), name)
		case rt.Locked:
			return invalid(field, "%s inherits %s, which is locked: it must not be given anew", g.Ref(), rt.Ref())
		}
	}
	return Verdict{}
}
