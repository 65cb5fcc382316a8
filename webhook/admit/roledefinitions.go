package admit

import (
	"fmt"

	admissionregv1 "k8s.io/api/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// roleDefinitions guards the roles that are assigned on objects of the hierarchy.
//
// Upstream: ovirt-engine bll AddRoleWithActionGroupsCommand, UpdateRoleCommand, RemoveRoleCommand,
// AttachActionGroupsToRoleCommand, and RolesCommandBase.
var roleDefinitions = Guard{
	Name: "roledefinitions",
	Doc: "Keeps the predefined roles as they are and those that are assigned where they are, and refuses RoleDefinitions that mean nothing " +
		"or give more than their writer holds.",
	Rules: []admissionregv1.RuleWithOperations{
		alsoOnDelete(onWrite(policy.BailiwickGroup, "roledefinitions", admissionregv1.ClusterScope)),
	},
	Checks: []Check{
		{"predefined", predefinedRolesStay},
		{"writer", roleWriterMay},
		{"content", judge(roleMeansSomething)},
		{"escalation", judge(roleGivesWhatIsHeld)},
		{"inuse", roleIsNotAssigned},
	},
}

// sidesOf are the object that is written, nil when it is deleted, and the one that it replaces, nil when it is new.
func sidesOf[T any](q *Question) (object, old *T, err error) {
	if !q.deleting() {
		return decode[T](q)
	}
	old = new(T)
	if err := policy.Decode(q.Request.OldObject.Raw, old); err != nil {
		return nil, nil, fmt.Errorf("reading the object that is deleted: %w", err)
	}
	return nil, old, nil
}

// isGoing says whether a write only takes finalizers off an object that is being deleted.
func isGoing[T interface{ Deleting() bool }](q *Question, object T) bool {
	return !q.deleting() && object.Deleting()
}

// roleIsNotAssigned keeps a role for as long as somebody has it.
//
// Upstream: ERROR_CANNOT_REMOVE_ROLE_ATTACHED_TO_PERMISSION.
func roleIsNotAssigned(q *Question) Verdict {
	if !q.deleting() || policy.IsControlPlane(q.Who) {
		return Verdict{}
	}
	old := q.deleted()
	if policy.PredefinedNamed(old.Metadata.Name) != nil {
		return Verdict{} // what goes is only what shows it
	}
	by := q.Snapshot.AssignmentsOf(old.Metadata.Name)
	if len(by) == 0 {
		return Verdict{}
	}
	texts := make([]string, len(by))
	for i, ref := range by {
		texts[i] = ref.String()
	}
	who := "somebody has it by an assignment"
	if q.Snapshot.IsPlatformAdmin(q.Who) || q.Snapshot.IsSuperUser(q.Who) {
		who = some(texts) + " assigns it"
	}
	return invalid("", "%s cannot go while %s: delete the assignments first", q.deletedRef(), who)
}
