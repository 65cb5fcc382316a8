package admit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// rolesAreNotShared refuses a RoleRequest that would give, on a cluster that another one can match too, a role of the
// same name or the content of the same ConfigMap or Secret. The binding of a role carries its name and has one tenant
// in it: the last one written takes it from the other. One ConfigMap in two requests is a conflict since Sveltos v0.43,
// even for the same tenant.
//
// Upstream: access-manager controllers/deployer_utils.go, deployRole and deployRoleBinding.
func rolesAreNotShared(q *Question, rr, old *policy.RoleRequest) Verdict {
	same := old != nil && q.grantsNoMore(rr, old)
	mine, clash := q.contentsOf(rr, nil)
	if clash != "" {
		return unless(same, invalid("spec.roleRefs", "%s", clash))
	}
	return unless(same, q.sharedWithOthers(rr, mine))
}

// givenRoles is what a RoleRequest gives: the sources, and each role with the one that holds it.
type givenRoles struct {
	sources []policy.Ref
	roles   map[policy.Ref]policy.Ref
}

// contentsOf are the roles that a RoleRequest gives; those of one source may be replaced by what is about to be written.
// It says so when one role comes from two sources.
func (q *Question) contentsOf(rr *policy.RoleRequest, written map[policy.Ref][]policy.RoleContent) (given givenRoles, clash string) {
	given = givenRoles{sources: q.Snapshot.SourcesOf(rr), roles: map[policy.Ref]policy.Ref{}}
	for _, source := range given.sources {
		roles, replaced := written[source]
		if !replaced {
			roles, _ = q.Snapshot.RolesIn(source)
		}
		for _, r := range roles {
			if first, twice := given.roles[r.Ref]; twice && first != source && clash == "" {
				clash = fmt.Sprintf("%s stands in %s and in %s: one would overwrite the other", r.Ref, first, source)
			}
			given.roles[r.Ref] = source
		}
	}
	return given, clash
}

// sharedWithOthers compares with the other RoleRequests that can match a cluster of this one.
func (q *Question) sharedWithOthers(rr *policy.RoleRequest, mine givenRoles) Verdict {
	for _, other := range q.Snapshot.RoleRequests() {
		if other.Metadata.Name == rr.Metadata.Name || !rr.Spec.ClusterSelector.Overlaps(other.Spec.ClusterSelector.Selector) {
			continue
		}
		theirs, _ := q.contentsOf(other, nil)
		for _, source := range mine.sources {
			if slices.Contains(theirs.sources, source) {
				return invalid("spec.roleRefs", "%s is given by another RoleRequest%s too, on clusters that both can match: give each its own",
					source, q.toAdmins(" ("+other.Ref().String()+")"))
			}
		}
		for _, role := range sortedRefs(mine.roles) {
			if _, shared := theirs.roles[role]; shared {
				return invalid("spec.roleRefs", "%s, in %s, is given by another RoleRequest%s too, on clusters that both can match: one would overwrite the other, choose another name",
					role, mine.roles[role], q.toAdmins(" ("+other.Ref().String()+")"))
			}
		}
	}
	return Verdict{}
}

// sortedRefs are the keys in the order of their texts, so that the same write gets the same answer.
func sortedRefs[T any](m map[policy.Ref]T) []policy.Ref {
	refs := make([]policy.Ref, 0, len(m))
	for ref := range m {
		refs = append(refs, ref)
	}
	slices.SortFunc(refs, func(a, b policy.Ref) int { return strings.Compare(a.String(), b.String()) })
	return refs
}
