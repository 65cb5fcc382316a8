package admit

import (
	"slices"

	admissionregv1 "k8s.io/api/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/api/v1alpha1"
	"github.com/bailiwick-dev/bailiwick/policy"
)

// roleAssignments guards who is given which role on what, and which clusters a DataCenter, on which roles are given, holds.
//
// As in oVirt, who holds MANIPULATE_PERMISSIONS on an object gives any role for users there, also one that holds more than
// he does: no role for users holds what the object's administrator would not do himself. Roles for administrators are given
// and taken only by who holds SuperUser on System.
//
// Upstream: ovirt-engine bll AddPermissionCommand, RemovePermissionCommand and PermissionsCommandBase.
var roleAssignments = Guard{
	Name: "roleassignments",
	Doc: "Keeps roles for administrators for the SuperUser of System to assign, and others for who holds MANIPULATE_PERMISSIONS on the object; " +
		"refuses RoleAssignments that give nothing or to nobody; keeps the last SuperUser. DataCenters take only clusters that their writer may move. " +
		"It writes the UID of the object into an assignment, so that another object of its name gets nothing.",
	Rules: []admissionregv1.RuleWithOperations{
		alsoOnDelete(onWrite(policy.BailiwickGroup, assignmentResource, admissionregv1.ClusterScope)),
		alsoOnDelete(onWrite(policy.BailiwickGroup, dataCenterResource, admissionregv1.ClusterScope)),
	},
	Mutate: assignmentMeansThis,
	Checks: []Check{
		{"immutable", onlyFor(assignmentResource, judge(assignmentStaysOne))},
		{"role", onlyFor(assignmentResource, judge(assignedRoleExists))},
		{"assigner", onlyFor(assignmentResource, assignerMay)},
		{"kept", onlyFor(assignmentResource, administratorsRemain)},
		{"pool", onlyFor(assignmentResource, judge(machineIsInNoPool))},
		{"object", onlyFor(assignmentResource, judge(objectIsKnown))},
		{"subjects", onlyFor(assignmentResource, judge(subjectsExist))},
		{"expires", onlyFor(assignmentResource, judge(assignmentIsNotOver))},
		{"duplicate", onlyFor(assignmentResource, judge(assignedOnce))},
		{"datacenters", onlyFor(dataCenterResource, clustersMoveByRight)},
	},
}

const (
	assignmentResource = "roleassignments"
	dataCenterResource = "datacenters"
)

// onlyFor is a check of one of the kinds of a guard.
func onlyFor(resource string, rule func(*Question) Verdict) func(*Question) Verdict {
	return func(q *Question) Verdict {
		if q.Request.Resource.Resource != resource {
			return Verdict{}
		}
		return rule(q)
	}
}

// assignmentMeansThis writes the UID of the object into an assignment that names it, where it is known. An assignment that
// has one keeps it.
func assignmentMeansThis(q *Question) Verdict {
	if q.Request.Resource.Resource != assignmentResource {
		return Verdict{}
	}
	ra, old, err := decode[policy.RoleAssignment](q)
	if err != nil || ra.Deleting() || ra.Spec.On.UID != "" || ra.Spec.On.Kind == "" {
		return Verdict{} // in a file the object may stand under another name, and then has no UID
	}
	uid := ""
	if old != nil && sameObject(ra.Target(), old.Target()) {
		uid = old.Target().UID
	}
	if uid == "" {
		uid, _ = q.Snapshot.FindObject(ra.Target())
	}
	if uid == "" {
		return Verdict{}
	}
	return Verdict{Patch: []PatchOp{{Op: "add", Path: "/spec/object/uid", Value: uid}}}
}

// sameObject compares two objects but for the UID.
func sameObject(a, b v1alpha1.ObjectReference) bool {
	a.UID, b.UID = "", ""
	return a == b
}

// assignmentStaysOne keeps an assignment from becoming another one, which would be a way around what its creation asked
// for. RBAC treats roleRef so. A UID can be filled in.
func assignmentStaysOne(_ *Question, ra, old *policy.RoleAssignment) Verdict {
	if old == nil {
		return Verdict{}
	}
	const never = "cannot be changed: make another assignment, and delete this one"
	is, was := ra.Target(), old.Target()
	switch {
	case ra.Spec.RoleRef != old.Spec.RoleRef:
		return invalid("spec.roleRef", never)
	case !sameObject(is, was):
		return invalid("spec.object", never)
	case was.UID != "" && is.UID != was.UID:
		return invalid("spec.object.uid", "is that of another object of this name: make another assignment, and delete this one")
	}
	return Verdict{}
}

// assignedRoleExists refuses an assignment of a role that there is not.
//
// Upstream: PERMISSION_ADD_FAILED_INVALID_ROLE_ID.
func assignedRoleExists(q *Question, ra, old *policy.RoleAssignment) Verdict {
	if q.Snapshot.AssignableRole(ra.Spec.RoleRef.Name) != nil {
		return Verdict{}
	}
	return unless(old != nil, invalid("spec.roleRef.name", "there is no role %q: name a predefined one, or make its RoleDefinition first", ra.Spec.RoleRef.Name))
}

// newSubjects are those that an update adds.
func newSubjects(ra, old *policy.RoleAssignment) []v1alpha1.Subject {
	if old == nil {
		return ra.Spec.Subjects
	}
	return slices.DeleteFunc(slices.Clone(ra.Spec.Subjects), func(s v1alpha1.Subject) bool { return slices.Contains(old.Spec.Subjects, s) })
}
