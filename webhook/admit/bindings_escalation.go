package admit

import (
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// bindsWhatIsHeld keeps anybody from giving what he does not hold where he gives it: by all ways together, RBAC, bindings
// of the cluster, of the project, and GlobalRoles. An update is judged when it changes what is given or to whom. Who
// holds the verb bind on the role may give it all the same.
func bindsWhatIsHeld(q *Question, b, old *binding) Verdict {
	if old != nil && sameGift(b, old) {
		return Verdict{}
	}
	return q.mayBind(b)
}

func (q *Question) mayBind(b *binding) Verdict {
	if b.global() {
		if q.mayAnyway("bind", globalRoleResource, b.GlobalRoleName) {
			return Verdict{}
		}
		unless := orVerb("bind", globalRoleResource, b.GlobalRoleName)
		if g := q.Snapshot.GlobalRole(b.GlobalRoleName); g != nil {
			return newGiver(q).mayGiveAll(q.partsOf(g, nil, unless))
		}
		ref := policy.Ref{Kind: "GlobalRole", Name: b.GlobalRoleName}
		return newGiver(q).mayGive(gift{by: ref.String(), anything: unknownText(ref), held: q.held(policy.LocalCluster, ""), unless: unless})
	}
	if q.mayAnyway("bind", templateResource, b.RoleTemplateName) {
		return Verdict{}
	}
	ref := policy.Ref{Kind: "RoleTemplate", Name: b.RoleTemplateName}
	what := gift{by: ref.String() + " on " + b.Target(), held: q.held(b.Target(), ""), unless: orVerb("bind", templateResource, ref.Name)}
	unknown := []policy.Ref{ref}
	if rt := q.Snapshot.Template(ref.Name); rt != nil {
		what.rules, unknown = q.Snapshot.TemplateRules(rt)
	}
	if len(unknown) > 0 {
		what.anything = unknownText(unknown[0])
	}
	return newGiver(q).mayGiveAll([]gift{what, q.beyondProject(b, what)})
}

// beyondProject is what the role gives on the whole cluster when it is bound in a project. What the user holds of it by a
// ClusterRole in the project has no effect there.
func (q *Question) beyondProject(b *binding, what gift) gift {
	cluster, _, inProject := strings.Cut(b.Target(), ":")
	rt := q.Snapshot.Template(b.RoleTemplateName)
	what.rules, what.anything = nil, ""
	if inProject && rt != nil {
		what.rules = q.Snapshot.PromotedRules(rt)
		what.held = slices.Concat(q.Snapshot.RulesOf(q.Who, ""), q.Snapshot.WideRules(q.Who, cluster))
	}
	return what
}
