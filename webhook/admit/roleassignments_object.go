package admit

import (
	"fmt"
	"time"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// machineIsInNoPool refuses a role on a virtual machine of a pool, which the pool makes and deletes as it likes.
//
// Upstream: PERMISSION_ADD_FAILED_VM_IN_POOL.
func machineIsInNoPool(q *Question, ra, old *policy.RoleAssignment) Verdict {
	on := ra.Target()
	if string(on.Kind) != ovirt.VirtualMachine.String() || !q.Snapshot.IsHere(on) {
		return Verdict{}
	}
	if vm := q.Snapshot.VirtualMachine(on.Namespace, on.Name); vm != nil && vm.InPool() {
		return unless(old != nil, invalid("spec.object", "%s belongs to a pool: assign the role on the pool", vm.Ref()))
	}
	return Verdict{}
}

// objectIsKnown warns of an object that is not known here: the role then holds on whatever has its name, now or later.
func objectIsKnown(q *Question, ra, old *policy.RoleAssignment) Verdict {
	on := ra.Target()
	if _, known := q.Snapshot.FindObject(on); known || old != nil || on.UID != "" {
		return Verdict{}
	}
	return warn("spec.object: %s is not known here, so the role holds on whatever has that name", policy.ObjectText(on))
}

// assignmentIsNotOver refuses an assignment that has ended before it is written.
func assignmentIsNotOver(q *Question, ra, old *policy.RoleAssignment) Verdict {
	if ra.Spec.Expires == nil || ra.Spec.Expires.After(q.Now) {
		return Verdict{}
	}
	same := old != nil && ra.Spec.Expires.Equal(old.Spec.Expires)
	return unless(same, invalid("spec.expires", "%s is over: name a time to come, or delete the assignment", ra.Spec.Expires.UTC().Format(time.RFC3339)))
}

// assignedOnce warns of somebody who has the role on the object already: nothing changes, and what is taken away by one
// assignment stays by the other.
func assignedOnce(q *Question, ra, old *policy.RoleAssignment) Verdict {
	role := q.Snapshot.AssignableRole(ra.Spec.RoleRef.Name)
	if role == nil {
		return Verdict{}
	}
	var all Verdict
	for _, s := range newSubjects(ra, old) {
		if by, given := q.Snapshot.AssignedBy(s, role.Name, ra.Target(), ra.Ref()); given {
			all.Warnings = append(all.Warnings, fmt.Sprintf("%s has %s on %s already, by %s: this changes nothing", policy.SubjectText(s), role.Name, policy.ObjectText(ra.Target()), by))
		}
	}
	return all
}
