package admit

import (
	"fmt"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// templateGivesWhatIsHeld keeps anybody from writing a role that gives what he does not hold: it may be bound already.
// Rules of templates that it inherits and of the ClusterRole that an external one stands for count, whatever its context;
// those that are not known here count as everything.
//
// A RoleTemplate can be bound on every cluster, so what counts as held is held on the whole cluster on which Rancher
// runs: by RBAC, or by bindings there. Rules that it gave before are not given now, but whoever makes it a default gives
// all of it.
//
// What externalRules say counts as everything too: on each cluster Rancher binds the ClusterRole of the template's name,
// whatever it gives there, and later bindings of the template are judged by externalRules alone.
//
// Upstream: rancher/webhook pkg/resources/management.cattle.io/v3/roletemplate; rancher
// pkg/controllers/managementuser/rbac, ensureRoles.
func templateGivesWhatIsHeld(q *Question, rt, old *policy.RoleTemplate) Verdict {
	if q.mayAnyway("escalate", templateResource, rt.Metadata.Name) {
		return Verdict{}
	}
	what := gift{by: rt.Ref().String(), held: q.held(policy.LocalCluster, ""), unless: orVerb("escalate", templateResource, rt.Metadata.Name)}
	rules, unknown := q.Snapshot.TemplateRules(rt)
	if old != nil && !becomesDefault(rt, old) {
		had, unknownBefore := q.Snapshot.TemplateRules(old)
		what.held = append(what.held, had...)
		unknown = slices.DeleteFunc(unknown, func(ref policy.Ref) bool { return slices.Contains(unknownBefore, ref) })
	}
	what.rules = rules
	switch {
	case len(unknown) > 0:
		what.anything = unknownText(unknown[0])
	case saysOtherwise(rt, old):
		what.anything = fmt.Sprintf("clusters bind their ClusterRole %q whatever externalRules say", rt.Metadata.Name)
	}
	return newGiver(q).mayGive(what)
}

// saysOtherwise says whether a write sets or changes what an external template is said to give.
func saysOtherwise(rt, old *policy.RoleTemplate) bool {
	said := func(rt *policy.RoleTemplate) bool { return rt.External && rt.ExternalRules != nil }
	return said(rt) && (old == nil || !said(old) ||
		!slices.EqualFunc(rt.ExternalRules, old.ExternalRules, func(a, b rbacv1.PolicyRule) bool { return sameRule(&a, &b) }))
}

// becomesDefault says whether those who create clusters or projects will get the role from now on.
func becomesDefault(rt, old *policy.RoleTemplate) bool {
	return rt.ClusterCreatorDefault && !old.ClusterCreatorDefault || rt.ProjectCreatorDefault && !old.ProjectCreatorDefault
}

// globalRoleGivesWhatIsHeld is the same for GlobalRoles. Each part of one must be held where it holds.
//
// Upstream: rancher/webhook pkg/resources/management.cattle.io/v3/globalrole, which passes over inheritedNamespacedRules.
func globalRoleGivesWhatIsHeld(q *Question, g, old *policy.GlobalRole) Verdict {
	if q.mayAnyway("escalate", globalRoleResource, g.Metadata.Name) {
		return Verdict{}
	}
	if old != nil && g.NewUserDefault && !old.NewUserDefault {
		old = nil // all of it is given to every new user from now on
	}
	return newGiver(q).mayGiveAll(q.partsOf(g, old, orVerb("escalate", globalRoleResource, g.Metadata.Name)))
}

// partsOf are the gifts of a GlobalRole. What it gave before, in the same place or on the whole target, is not given now.
func (q *Question) partsOf(g, old *policy.GlobalRole, unless string) []gift {
	type place struct{ target, namespace string }
	had, unknownBefore := map[place][]rbacv1.PolicyRule{}, map[place][]policy.Ref{}
	if old != nil {
		for _, part := range q.Snapshot.Parts(old) {
			at := place{part.Target, part.Namespace}
			had[at] = append(had[at], part.Rules...)
			unknownBefore[at] = append(unknownBefore[at], part.Unknown...)
		}
	}
	var gifts []gift
	for _, part := range q.Snapshot.Parts(g) {
		at := place{part.Target, part.Namespace}
		what := gift{by: g.Ref().String(), in: part.Path, rules: part.Rules, unless: unless,
			held: slices.Concat(q.held(part.Target, part.Namespace), had[at], had[place{target: part.Target}])}
		for _, ref := range part.Unknown {
			if !slices.Contains(unknownBefore[at], ref) {
				what.anything = unknownText(ref)
			}
		}
		gifts = append(gifts, what)
	}
	return gifts
}

// held are the rules that the user holds on a target, in a namespace of it or on the whole: by bindings that reach it,
// and by RBAC on the whole cluster on which Rancher runs, which Rancher takes for held on all clusters. A namespace of
// that cluster is none of another.
//
// Upstream: rancher/webhook pkg/resolvers, which take bindings of the cluster and those of the project for alternatives.
func (q *Question) held(target, namespace string) []rbacv1.PolicyRule {
	here := namespace
	if target != policy.LocalCluster {
		here = ""
	}
	return slices.Concat(q.Snapshot.RulesOf(q.Who, here), q.Snapshot.TargetRules(q.Who, target, namespace))
}

// mayAnyway says whether the user may give all that a role gives, without holding it: by a verb on the role.
func (q *Question) mayAnyway(verb, resource, name string) bool {
	return q.isMaster() || q.Snapshot.Can(q.Who, &policy.Ask{Verb: verb, Group: policy.RancherGroup, Resource: resource, Name: name})
}

// orVerb is how a refusal ends.
func orVerb(verb, resource, name string) string {
	return fmt.Sprintf("who holds the verb %s on %s %q may", verb, resource, name)
}
