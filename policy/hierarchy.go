package policy

import (
	"iter"

	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// hierarchy is who was assigned which roles on what.
type hierarchy struct {
	users  map[string]*assigned
	groups map[string]*assigned
}

// assigned is what one user or group was assigned.
type assigned struct {
	on map[place][]assignment
	// types are those of its keys, a bit each, and ruled says that any of the roles has rules of its own: most questions end
	// there.
	types uint16
	ruled bool
	// within are the roles on any object of a type, each once: on those in a namespace if there they are, and of AnyObject
	// besides on any at all.
	within map[place][]assignment
}

// assignment is one role on one place.
type assignment struct {
	*definition
	// uid is the object that is meant; of another of its name it does not count. Empty: whichever has the name.
	uid string
	// ends is when, as it was written; empty: never.
	ends string
	// by is the RoleAssignment and via the role and the object, as they are printed. Together they are the reason of every
	// answer that rests on it.
	by, via, reason string
}

// at are the roles at a place.
func (a *assigned) at(p place) []assignment {
	if a.types&(1<<p.on) == 0 {
		return nil
	}
	return a.on[p]
}

// of yields what a user was assigned: under his name, and under those of his groups.
func (h *hierarchy) of(who Subject) iter.Seq[*assigned] {
	return func(yield func(*assigned) bool) {
		if a := h.users[who.Name]; a != nil && !yield(a) {
			return
		}
		for _, group := range who.Groups {
			if a := h.groups[group]; a != nil && !yield(a) {
				return
			}
		}
	}
}

// everyone is the group of all users that the API server knows by name.
const everyone = "system:authenticated"

// RoleGrant says whether an assigned role allows the request on the cluster that is served, and which one. What only
// the body of the request tells is left to the guards, which ask what somebody Lacks.
func (s *Snapshot) RoleGrant(who Subject, ask *Ask) (reason string, allowed bool) {
	if ask.NonResource || s.takesNoRoles(who) {
		return "", false
	}
	var buffer [usualHolders]*assigned
	held := buffer[:0]
	for a := range s.hierarchy.of(who) {
		if g := a.custom(s, ask); g != nil {
			return g.reason, true
		}
		held = append(held, a)
	}
	for qs := range alike(ovirt.For(ask.Verb, ask.Group, ask.Resource, ask.Subresource)) {
		if reason, met := s.met(who, held, qs, ask); met {
			return reason, true
		}
	}
	return "", false
}

// takesNoRoles says whether no role of the hierarchy gives a user anything: controllers, those on whom the cluster depends,
// and those who run virtual machines are left to RBAC. Guards do not judge what these write, so a role would give them more
// than it says.
func (s *Snapshot) takesNoRoles(who Subject) bool {
	return s.leftToRBAC(who) || s.IsMachineController(who.Name)
}

// usualHolders is how many names of a user, his own and those of his groups, usually have assignments.
const usualHolders = 8

// alike yields runs of requirements that are about the same objects.
func alike(qs []ovirt.Requirement) iter.Seq[[]ovirt.Requirement] {
	return func(yield func([]ovirt.Requirement) bool) {
		for len(qs) > 0 {
			n := 1
			for n < len(qs) && qs[n].On == qs[0].On && qs[n].Place == qs[0].Place && judgedAgain(&qs[n]) == judgedAgain(&qs[0]) {
				n++
			}
			if !yield(qs[:n]) {
				return
			}
			qs = qs[n:]
		}
	}
}

// judgedAgain says whether admission asks of the object itself, so that here any of its type will do.
func judgedAgain(q *ovirt.Requirement) bool { return q.Place == ovirt.Body && q.Told != ovirt.Request }

// IsAssigned says whether any assignment names the user, or one of his groups, or he holds a role on what he has made.
func (s *Snapshot) IsAssigned(who Subject) bool {
	for range s.hierarchy.of(who) {
		return true
	}
	return s.inventory.makers[creation{who.Name, ovirt.AnyObject}]
}

// met says whether a user meets one of several requirements that are about the same objects.
func (s *Snapshot) met(who Subject, held []*assigned, qs []ovirt.Requirement, ask *Ask) (reason string, met bool) {
	var buffer [usualPlaces]place
	q := &qs[0]
	way := s.way(buffer[:0], q, ask)
	anywhere := judgedAgain(q) && (q.On != ovirt.StorageDomain || s.hasFoothold(who, ask.Namespace))
	for _, a := range held {
		if g := a.meets(s.inventory, way, qs, ask); g != nil {
			return g.reason, true
		}
		if anywhere {
			if g := firstThatMeets(a.within[anyOf(q.On, ask)], qs); g != nil {
				return g.reason, true
			}
		}
	}
	return s.made(who, way, qs, ask)
}

// hasFoothold says whether a user was assigned anything in a namespace, or above it, or has a machine there. Who may make
// disks of a storage class may not make them in everybody's namespace for that. What everyone was assigned is no foothold.
func (s *Snapshot) hasFoothold(who Subject, namespace string) bool {
	for a := range s.hierarchy.of(who) {
		switch {
		case a == s.hierarchy.groups[everyone]:
		case len(a.at(theCluster))+len(a.at(theDataCenter))+len(a.at(theSystem)) > 0,
			namespace != "" && len(a.within[place{on: ovirt.AnyObject, namespace: namespace}]) > 0:
			return true
		}
	}
	return s.inventory.madeAny(who.Name, ovirt.VirtualMachine, place{on: ovirt.VirtualMachine, namespace: namespace})
}

// meets is the first role on the way that meets one of the requirements, or nil.
func (a *assigned) meets(inv *inventory, way places, qs []ovirt.Requirement, ask *Ask) *assignment {
	for _, p := range way {
		list := a.at(p)
		for i := range list {
			if (list[i].super && p == theSystem || meetsAny(&list[i].Role, qs)) && list[i].isOf(inv, p, ask) {
				return &list[i]
			}
		}
	}
	return nil
}

func firstThatMeets(list []assignment, qs []ovirt.Requirement) *assignment {
	for i := range list {
		if meetsAny(&list[i].Role, qs) {
			return &list[i]
		}
	}
	return nil
}

func meetsAny(role *ovirt.Role, qs []ovirt.Requirement) bool {
	for i := range qs {
		if role.Meets(qs[i]) {
			return true
		}
	}
	return false
}

// isOf says whether the object at a place is the one that was meant.
func (a *assignment) isOf(inv *inventory, p place, ask *Ask) bool {
	return a.uid == "" || inv.isThere(p, ask.Resource, a.uid)
}
