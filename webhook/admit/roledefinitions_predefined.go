package admit

import (
	"github.com/bailiwick-dev/bailiwick/policy"
)

// predefinedRolesStay reserves the names of the predefined roles, whatever the case of their letters. A RoleDefinition
// may only show one: with the label bailiwick.dev/predefined=true, written by a platform admin, and with what the role is.
// The role itself is built in, so it stays when that object goes.
//
// Upstream: ACTION_TYPE_FAILED_ROLE_IS_READ_ONLY, ACTION_TYPE_FAILED_NAME_ALREADY_USED.
func predefinedRolesStay(q *Question) Verdict {
	d, old, err := sidesOf[policy.RoleDefinition](q)
	switch {
	case err != nil:
		return invalid("", "%v", err)
	case q.deleting():
		return predefinedIsDeleted(q, old)
	case isGoing(q, d):
		return Verdict{}
	}
	role, labelled := policy.PredefinedNamed(d.Metadata.Name), d.Metadata.Labels[policy.PredefinedLabel] == "true"
	switch {
	case role == nil && labelled:
		return invalid("metadata.labels["+policy.PredefinedLabel+"]", "%q is no predefined role: leave the label out", d.Metadata.Name)
	case role == nil:
		return Verdict{}
	case !labelled:
		return invalid("metadata.name", "%s is a predefined role, which nothing changes: clone it under another name", role.Name)
	}
	if shown := policy.PredefinedSpec(role); !policy.SameRole(&d.Spec, &shown) {
		return invalid("spec", "%s is a predefined role, which nothing changes: clone it under another name", role.Name)
	}
	if !q.Snapshot.IsPlatformAdmin(q.Who) {
		return forbid("%s shows a predefined role: only platform admins write it", q.object())
	}
	return Verdict{}
}

func predefinedIsDeleted(q *Question, old *policy.RoleDefinition) Verdict {
	if policy.PredefinedNamed(old.Metadata.Name) == nil || q.Snapshot.IsPlatformAdmin(q.Who) || policy.IsControlPlane(q.Who) {
		return Verdict{}
	}
	return forbid("%s shows a predefined role, which cannot be deleted", q.deletedRef())
}

// isPredefined says of a RoleDefinition that predefinedRolesStay judges all of it.
func isPredefined(d *policy.RoleDefinition) bool {
	return policy.PredefinedNamed(d.Metadata.Name) != nil
}
