package admit

import (
	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// sourceWriter leaves what RoleRequests name to who may write these: platform admins. That holds before it exists too,
// since access-manager takes it up as soon as it does. Deleting one takes the rights of a tenant away, so that is for
// platform admins as well, and for the garbage collector and namespace controller.
func sourceWriter(q *Question, w *sourceWrite) Verdict {
	if len(q.Snapshot.RequestsNaming(w.ref)) == 0 || q.Snapshot.IsPlatformAdmin(q.Who) ||
		w.object == nil && policy.IsEssential(q.Who) {
		return Verdict{}
	}
	verb := "write"
	if w.object == nil {
		verb = "delete"
	}
	return forbid("%s holds the roles that a RoleRequest gives: only platform admins may %s it", w.ref, verb)
}

// sourceHoldsRoles judges the new content of what RoleRequests name, as when one of them is written.
func sourceHoldsRoles(q *Question, w *sourceWrite) Verdict {
	if w.object == nil || len(q.Snapshot.RequestsNaming(w.ref)) == 0 {
		return Verdict{}
	}
	return judgeContent(w.object)
}

// sourceIsNotShared asks of each RoleRequest that names it whether another one gives the same roles now.
func sourceIsNotShared(q *Question, w *sourceWrite) Verdict {
	if w.object == nil {
		return Verdict{}
	}
	roles, _ := w.object.RoleContents()
	for _, rr := range q.requestsNaming(w.ref) {
		given, clash := q.contentsOf(rr, map[policy.Ref][]policy.RoleContent{w.ref: roles})
		if clash != "" {
			return invalid("", "%s", clash)
		}
		given.sources = nil // that it is named by two was said when they were written
		if v := q.sharedWithOthers(rr, given); v.Refusal != nil {
			return v
		}
	}
	return Verdict{}
}

// requestsNaming are the RoleRequests in force that name a ConfigMap or Secret.
func (q *Question) requestsNaming(source policy.Ref) []*policy.RoleRequest {
	named := map[policy.Ref]bool{}
	for _, ref := range q.Snapshot.RequestsNaming(source) {
		named[ref] = true
	}
	var list []*policy.RoleRequest
	if len(named) == 0 {
		return nil
	}
	for _, rr := range q.Snapshot.RoleRequests() {
		if named[rr.Ref()] {
			list = append(list, rr)
		}
	}
	return list
}

// sourceGivesWhatItsWriterHolds is givesWhatItsWriterHolds for what a RoleRequest names already: who changes its content
// gives away what he adds.
func sourceGivesWhatItsWriterHolds(q *Question, w *sourceWrite) Verdict {
	if w.object == nil || len(q.Snapshot.RequestsNaming(w.ref)) == 0 {
		return Verdict{}
	}
	roles, _ := w.object.RoleContents()
	return newGiver(q).mayGiveAll(q.rolesOf(w.ref, true, roles, rulesBefore(w.old)))
}

// rulesBefore are the rules that a source holds already, by role.
func rulesBefore(old *policy.Source) map[policy.Ref][]rbacv1.PolicyRule {
	if old == nil {
		return nil
	}
	before := map[policy.Ref][]rbacv1.PolicyRule{}
	roles, _ := old.RoleContents()
	for _, r := range roles {
		before[r.Ref] = append(before[r.Ref], r.Rules...)
	}
	return before
}
