package admit

import (
	"fmt"
	"slices"

	"github.com/bailiwick-dev/bailiwick/api/v1alpha1"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// roleMeansSomething refuses a role without a type or that changes it, one that allows nothing, and one with what cannot
// be in it: action groups that there are not, those of administrators in a role for users, and rules that RBAC would not
// take. A predefined role for users may hold groups of administrators; whoever clones it has to leave them out.
//
// Upstream: ROLE_TYPE_CANNOT_BE_EMPTY, ERROR_CANNOT_UPDATE_ROLE_TYPE, ACTION_LIST_CANNOT_BE_EMPTY,
// CANNOT_ADD_ACTION_GROUPS_TO_ROLE_TYPE.
func roleMeansSomething(_ *Question, d, old *policy.RoleDefinition) Verdict {
	was := &policy.RoleDefinition{}
	if old != nil {
		was = old
	}
	switch {
	case isPredefined(d):
		return Verdict{}
	case d.Spec.Type != v1alpha1.RoleTypeAdmin && d.Spec.Type != v1alpha1.RoleTypeUser:
		return invalid("spec.type", "%q is neither Admin nor User", d.Spec.Type)
	case old != nil && d.Spec.Type != old.Spec.Type:
		return invalid("spec.type", "the type of a role cannot change: make another role")
	case len(d.Spec.ActionGroups)+len(d.Spec.Rules) == 0:
		return unless(old != nil && len(old.Spec.ActionGroups)+len(old.Spec.Rules) == 0, invalid("spec.actionGroups", "is empty: a role must allow something"))
	}
	all := areRules(ruleLists{"spec.rules": {d.Spec.Rules, true}}, ruleLists{"spec.rules": {was.Spec.Rules, true}})
	add := func(v Verdict) {
		all.Warnings = append(all.Warnings, v.Warnings...)
		if all.Refusal == nil {
			all.Refusal = v.Refusal
		}
	}
	for i, name := range d.Spec.ActionGroups {
		add(unless(slices.Contains(was.Spec.ActionGroups, name), groupFits(fmt.Sprintf("spec.actionGroups[%d]", i), name, d.Spec.Type)))
	}
	for i, name := range d.Spec.ObjectTypes {
		if _, known := ovirt.ObjectTypeByName(string(name)); !known {
			add(unless(slices.Contains(was.Spec.ObjectTypes, name), invalid(fmt.Sprintf("spec.objectTypes[%d]", i), "there is no object type %q", name)))
		}
	}
	return all
}

func groupFits(field string, name v1alpha1.ActionGroup, in v1alpha1.RoleType) Verdict {
	switch group, known := ovirt.GroupByName(string(name)); {
	case !known:
		return invalid(field, "there is no action group %q", name)
	case group.Type() == ovirt.Admin && in != v1alpha1.RoleTypeAdmin:
		return invalid(field, "%s is for administrators: leave it out, or make a role of type Admin", name)
	}
	return Verdict{}
}
