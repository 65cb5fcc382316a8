package admit

import (
	"fmt"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// givesWhatItsWriterHolds keeps anybody from giving away what he does not have: who writes a RoleRequest must hold every
// rule in the roles that it gives, on the whole cluster on which this runs, as if he wrote the roles himself. What
// cannot be read counts as everything: content that is not known here, and a name with a template in it, which means
// something else on every cluster to come.
//
// Free of it are, as in RBAC, system:masters and who holds the verb escalate or bind on roles of that kind.
//
// Upstream: kubernetes pkg/registry/rbac/clusterrole/policybased/storage.go.
func givesWhatItsWriterHolds(q *Question, rr, old *policy.RoleRequest) Verdict {
	if old != nil && q.grantsNoMore(rr, old) {
		return Verdict{}
	}
	var gifts []gift
	for _, ref := range rr.Spec.RoleRefs {
		source := policy.Ref(ref)
		roles, known := q.Snapshot.RolesIn(source)
		if !known {
			roles = []policy.RoleContent{{Ref: policy.Ref{Kind: "ClusterRole"}}}
		}
		gifts = append(gifts, q.rolesOf(source, known, roles, nil)...)
	}
	return newGiver(q).mayGiveAll(gifts)
}

// rolesOf are the gifts in one source, but for roles of a kind that the user may give anyway. What stood in it before,
// by role, is not given now.
func (q *Question) rolesOf(source policy.Ref, known bool, roles []policy.RoleContent, before map[policy.Ref][]rbacv1.PolicyRule) []gift {
	held := slices.Clip(q.Snapshot.RulesOf(q.Who, ""))
	var gifts []gift
	for _, role := range roles {
		if q.givesAny(role.Ref.Kind) {
			continue
		}
		what := gift{by: source.String(), in: role.Ref.String(), rules: role.Rules, held: append(held, before[role.Ref]...)}
		switch {
		case !known:
			what.anything = "it is not known here"
		case role.Aggregates:
			what.anything = fmt.Sprintf("%s aggregates other roles", role.Ref)
		}
		gifts = append(gifts, what)
	}
	return gifts
}

// givesAny says whether the user may give all roles of a kind.
func (q *Question) givesAny(kind string) bool {
	resource := map[string]string{"Role": "roles", "ClusterRole": "clusterroles"}[kind]
	return q.isMaster() || slices.ContainsFunc([]string{"escalate", "bind"}, func(verb string) bool {
		return q.Snapshot.Holds(q.Who, &policy.Ask{Verb: verb, Group: rbacv1.GroupName, Resource: resource})
	})
}
