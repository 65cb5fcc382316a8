package admit

import (
	"fmt"
	"slices"

	"github.com/bailiwick-dev/bailiwick/api/v1alpha1"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// roleWriterMay leaves roles to who holds MANIPULATE_ROLES on System, and of these only those for users that hold no more
// action groups than he does: a role may be assigned already, to himself. The others are for who holds SuperUser on System.
// Platform admins write all of them, and so does who holds RBAC's verb escalate on the role. What gives no rights, labels
// and finalizers, is written by whoever RBAC lets.
//
// Upstream: ovirt-engine asks MANIPULATE_ROLES alone, with which a role that one has can be made to hold everything.
func roleWriterMay(q *Question) Verdict {
	d, old, err := sidesOf[policy.RoleDefinition](q)
	switch {
	case err != nil:
		return invalid("", "%v", err)
	case q.Snapshot.IsPlatformAdmin(q.Who), q.Snapshot.IsSuperUser(q.Who), q.deleting() && policy.IsControlPlane(q.Who):
		return Verdict{}
	case d != nil && (isGoing(q, d) || old != nil && policy.SameRole(&d.Spec, &old.Spec) || isPredefined(d)):
		return Verdict{}
	case q.mayEscalate():
		return Verdict{}
	case !q.Snapshot.HoldsOn(q.Who, ovirt.ManipulateRoles, theSystem):
		return forbid("only who holds MANIPULATE_ROLES on System writes roles")
	}
	for _, side := range []*policy.RoleDefinition{old, d} {
		if side != nil && side.Spec.Type != v1alpha1.RoleTypeUser {
			return forbid("%s is for administrators: only who holds SuperUser on System writes it", side.Ref())
		}
	}
	if d == nil {
		return Verdict{}
	}
	for group := range newlyGiven(&d.Spec, old).All() {
		if !q.Snapshot.HoldsOn(q.Who, group, theSystem) {
			return forbid("%s gives %s, which you do not hold on System yourself: only who holds SuperUser there writes it", d.Ref(), group)
		}
	}
	return Verdict{}
}

// newlyGiven is what a role gives that it did not give before, on all the object types that it now has.
func newlyGiven(spec *v1alpha1.RoleDefinitionSpec, old *policy.RoleDefinition) ovirt.Groups {
	given := func(spec *v1alpha1.RoleDefinitionSpec) ovirt.Groups {
		groups := policy.GroupsOf(spec)
		if policy.ViewsChildren(spec) {
			groups = groups.With(ovirt.ViewChildren)
		}
		return groups
	}
	if old == nil || !withinTypes(spec.ObjectTypes, old.Spec.ObjectTypes) {
		return given(spec)
	}
	return given(spec).Minus(given(&old.Spec))
}

// withinTypes says whether object types are among others; none are all of them.
func withinTypes(types, among []v1alpha1.ObjectType) bool {
	if len(among) == 0 {
		return true
	}
	return len(types) > 0 && !slices.ContainsFunc(types, func(t v1alpha1.ObjectType) bool { return !slices.Contains(among, t) })
}

// theSystem is what stands above every object.
var theSystem = v1alpha1.ObjectReference{Kind: "System"}

// mayEscalate says whether RBAC lets the user write the role whatever it gives.
func (q *Question) mayEscalate() bool {
	return q.isMaster() || q.Snapshot.Can(q.Who, &policy.Ask{Verb: "escalate", Group: policy.BailiwickGroup, Resource: "roledefinitions", Name: q.Request.Name})
}

// roleGivesWhatIsHeld keeps anybody from putting rules into a role that he does not hold himself, on the whole cluster on
// which this runs. Rules that stood there before are not given now.
func roleGivesWhatIsHeld(q *Question, d, old *policy.RoleDefinition) Verdict {
	if len(d.Spec.Rules) == 0 || q.mayEscalate() {
		return Verdict{}
	}
	what := gift{by: d.Ref().String(), rules: d.Spec.Rules, held: q.Snapshot.RulesOf(q.Who, ""),
		unless: fmt.Sprintf("who holds the verb escalate on roledefinitions %q may", d.Metadata.Name)}
	if old != nil {
		what.held = append(what.held, old.Spec.Rules...)
	}
	return newGiver(q).mayGive(what)
}
