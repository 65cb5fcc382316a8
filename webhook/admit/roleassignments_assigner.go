package admit

import (
	"fmt"
	"slices"

	"github.com/bailiwick-dev/bailiwick/api/v1alpha1"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// assignerMay says who gives and takes roles. Roles for administrators: who holds SuperUser on System. Others: who holds
// MANIPULATE_PERMISSIONS on the object or above it; whether he holds what the role gives is not asked, as in oVirt. To give
// one, RBAC's verb bind on the RoleDefinition of that name will do. Platform admins do all of it.
//
// Upstream: PERMISSION_ADD_FAILED_ONLY_SYSTEM_SUPER_USER_CAN_GIVE_ADMIN_ROLES,
// PERMISSION_REMOVE_FAILED_ONLY_SYSTEM_SUPER_USER_CAN_REMOVE_ADMIN_ROLES.
func assignerMay(q *Question) Verdict {
	ra, old, err := sidesOf[policy.RoleAssignment](q)
	switch {
	case err != nil:
		return invalid("", "%v", err)
	case q.Snapshot.IsPlatformAdmin(q.Who), q.Snapshot.IsSuperUser(q.Who), q.deleting() && policy.IsControlPlane(q.Who):
		return Verdict{}
	case ra != nil && (isGoing(q, ra) || old != nil && givesTheSameTo(ra, old)):
		return Verdict{}
	case ra == nil:
		return q.mayAssign(old, "removes")
	case old == nil:
		return q.mayAssign(ra, "assigns")
	}
	return q.mayAssign(old, "changes who has")
}

// givesTheSameTo says whether an update leaves who has the role, and until when.
func givesTheSameTo(ra, old *policy.RoleAssignment) bool {
	return slices.Equal(ra.Spec.Subjects, old.Spec.Subjects) && ra.Spec.Expires.Equal(old.Spec.Expires) &&
		ra.Spec.RoleRef == old.Spec.RoleRef && ra.Target() == old.Target()
}

func (q *Question) mayAssign(ra *policy.RoleAssignment, does string) Verdict {
	on, role := ra.Target(), q.Snapshot.AssignableRole(ra.Spec.RoleRef.Name)
	switch {
	case role != nil && role.Type != ovirt.User:
		return forbid("%s is a role for administrators: only who holds SuperUser on System %s it", role.Name, does)
	case q.Snapshot.HoldsOn(q.Who, ovirt.ManipulatePermissions, on):
		return Verdict{}
	case role != nil && does == "assigns" && q.mayBindRole(role):
		return Verdict{}
	}
	hint := ""
	if self := q.Snapshot.Self(); on.Cluster == "" && on.Kind != theSystem.Kind && on.Kind != dataCenterNamed("").Kind && self != (policy.ClusterRef{}) {
		hint = fmt.Sprintf(": without cluster it is the one of that name in each cluster, not only in %s", self)
	}
	return forbid("only who holds MANIPULATE_PERMISSIONS on %s, or on what is above it, %s a role there%s", policy.ObjectText(on), does, hint)
}

func (q *Question) mayBindRole(role *ovirt.Role) bool {
	return q.Snapshot.Can(q.Who, &policy.Ask{Verb: "bind", Group: policy.BailiwickGroup, Resource: "roledefinitions", Name: policy.ShownName(role)})
}

// administratorsRemain keeps the last assignment of SuperUser on System, and what is given there to Everyone. Platform admins
// are administrators without either, so they are only warned.
//
// Upstream: ERROR_CANNOT_REMOVE_LAST_SUPER_USER_ROLE, SYSTEM_PERMISSIONS_CANT_BE_REMOVED_FROM_EVERYONE.
func administratorsRemain(q *Question) Verdict {
	ra, old, err := sidesOf[policy.RoleAssignment](q)
	if err != nil || old == nil || old.Target().Kind != theSystem.Kind || policy.IsControlPlane(q.Who) {
		return Verdict{}
	}
	if ra != nil && isGoing(q, ra) {
		return Verdict{}
	}
	refuse := func(format string, args ...any) Verdict {
		if q.Snapshot.IsPlatformAdmin(q.Who) {
			return warn(format, args...)
		}
		return forbid(format, args...)
	}
	toEveryone := func(ra *policy.RoleAssignment) bool {
		return ra != nil && slices.ContainsFunc(ra.Spec.Subjects, func(s v1alpha1.Subject) bool { return s.Kind == v1alpha1.SubjectEveryone })
	}
	role := q.Snapshot.AssignableRole(old.Spec.RoleRef.Name)
	forGood := func(ra *policy.RoleAssignment) bool {
		return ra != nil && ra.Spec.Expires == nil && len(ra.Spec.Subjects) > 0
	}
	switch {
	case role == nil:
		return Verdict{}
	case role.Name == ovirt.SuperUser && forGood(old) && !forGood(ra) && !q.Snapshot.SuperUserBeside(old.Ref()):
		return refuse("%s is the last that makes somebody SuperUser on System: assign it to somebody else first", old.Ref())
	case toEveryone(old) && !toEveryone(ra):
		return refuse("%s gives %s on System to Everyone: only platform admins take it away", old.Ref(), role.Name)
	}
	return Verdict{}
}
