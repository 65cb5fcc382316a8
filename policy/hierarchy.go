package policy

import (
	"crypto/sha256"
	"encoding/base32"
	"iter"
	"strings"

	"k8s.io/apimachinery/pkg/selection"

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
	// within are the roles on any object of a type in a namespace, each once; without a namespace on any at all.
	within map[place][]assignment
}

// assignment is one role on one place.
type assignment struct {
	*definition
	// uid is the object that is meant; of another of its name it does not count. Empty: whichever has the name.
	uid    string
	at     place
	origin Ref
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
// the body of the request tells is left to the guards, which ask Meets. Controllers and those on whom the cluster
// depends are left to RBAC.
func (s *Snapshot) RoleGrant(who Subject, ask *Ask) (reason string, allowed bool) {
	if ask.NonResource || s.IsController(who.Name) || IsEssential(who) {
		return "", false
	}
	for a := range s.hierarchy.of(who) {
		if g := a.custom(s, ask); g != nil {
			return g.reason(), true
		}
	}
	for _, q := range ovirt.For(ask.Verb, ask.Group, ask.Resource, ask.Subresource) {
		if reason, met := s.met(who, q, ask); met {
			return reason, true
		}
	}
	return "", false
}

// IsAssigned says whether any assignment names the user, or one of his groups, or he holds a role on what he has made.
func (s *Snapshot) IsAssigned(who Subject) bool {
	for range s.hierarchy.of(who) {
		return true
	}
	return s.inventory.makers[who.Name]
}

// met says whether a user meets one requirement of a request.
func (s *Snapshot) met(who Subject, q ovirt.Requirement, ask *Ask) (reason string, met bool) {
	var buffer [usualPlaces]place
	way := s.way(buffer[:0], q, ask)
	for a := range s.hierarchy.of(who) {
		if g := a.meets(s.inventory, way, q); g != nil {
			return g.reason(), true
		}
		if q.Place == ovirt.Body && q.Told != ovirt.Request && (q.On != ovirt.StorageDomain || s.hasFoothold(who, ask.Namespace)) {
			// Admission asks of the object itself.
			if g := firstThatMeets(a.within[place{on: q.On, namespace: ask.Namespace}], q); g != nil {
				return g.reason(), true
			}
		}
	}
	return s.made(who, way, q, ask)
}

// hasFoothold says whether a user was assigned anything in a namespace, or above it. Who may make disks of a storage
// class may not make them in everybody's namespace for that.
func (s *Snapshot) hasFoothold(who Subject, namespace string) bool {
	for a := range s.hierarchy.of(who) {
		above := len(a.on[theCluster]) + len(a.on[theDataCenter]) + len(a.on[theSystem])
		if above+len(a.within[place{on: ovirt.AnyObject, namespace: namespace}]) > 0 {
			return true
		}
	}
	return false
}

// meets is the first role on the way that meets the requirement, or nil.
func (a *assigned) meets(inv *inventory, way places, q ovirt.Requirement) *assignment {
	for _, p := range way {
		list := a.on[p]
		for i := range list {
			if (list[i].super && p == theSystem || list[i].Meets(q)) && list[i].isOf(inv, p) {
				return &list[i]
			}
		}
	}
	return nil
}

func firstThatMeets(list []assignment, q ovirt.Requirement) *assignment {
	for i := range list {
		if list[i].Meets(q) {
			return &list[i]
		}
	}
	return nil
}

// isOf says whether the object at a place is the one that was meant.
func (a *assignment) isOf(inv *inventory, p place) bool {
	return a.uid == "" || inv.isThere(p, a.uid)
}

// String is the sentence's end that every answer uses:
// `RoleAssignment "ops": ClusterAdmin on Cluster`.
func (a *assignment) String() string {
	return a.origin.String() + ": " + a.Name + " on " + a.at.String()
}

func (a *assignment) reason() string { return "allowed by " + a.String() }

// made answers from what the user has made himself, and is given a role on for that.
func (s *Snapshot) made(who Subject, way places, q ovirt.Requirement, ask *Ask) (reason string, met bool) {
	for _, p := range way {
		if role := creatorRoles[p.on]; role != nil && role.Meets(q) && s.inventory.madeBy(who.Name, p) {
			return "allowed because you made it (" + role.Name + ")", true
		}
	}
	switch role := creatorRoles[q.On]; {
	case role == nil || !role.Meets(q):
		return "", false
	case q.Place == ovirt.Body && q.Told != ovirt.Request && s.inventory.madeAny(who.Name, q.On, ask.Namespace),
		listsOwn(who, q, ask):
		return "allowed for what you made (" + role.Name + ")", true
	default:
		return "", false
	}
}

// stamped are the resources whose objects carry CreatorLabel.
var stamped = map[string]bool{
	"virtualmachines": true, "virtualmachinetemplates": true, "virtualmachineimages": true, "persistentvolumeclaims": true,
	"datavolumes": true, "network-attachment-definitions": true, "clusternetworks": true,
}

// CreatorID is the value of CreatorLabel for a user, whose name may be no label.
func CreatorID(username string) string {
	sum := sha256.Sum256([]byte(username))
	return strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:20]))
}

// listsOwn says whether a list or watch is of what the user has made, by the label that the guards write.
func listsOwn(who Subject, q ovirt.Requirement, ask *Ask) bool {
	if q.Place != ovirt.Named || ask.Name != "" || ask.Verb != "list" && ask.Verb != "watch" || !stamped[ask.Resource] {
		return false
	}
	for _, r := range ask.Labels {
		if r.Key() != CreatorLabel || r.Operator() != selection.In && r.Operator() != selection.Equals && r.Operator() != selection.DoubleEquals {
			continue
		}
		values := r.ValuesUnsorted()
		return len(values) == 1 && values[0] == CreatorID(who.Name)
	}
	return false
}
