package policy

import (
	"maps"
	"slices"

	"github.com/bailiwick-dev/bailiwick/api/v1alpha1"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
	"github.com/bailiwick-dev/bailiwick/policy/selector"
)

// center is a DataCenter: its name and UID, and which clusters are in it.
type center struct {
	name, uid string
	clusters  selector.Selector
}

// DataCentersMatching are the names of the DataCenters whose selectors match the labels of a cluster, sorted.
func (s *Snapshot) DataCentersMatching(labels map[string]string) []string {
	var names []string
	for _, c := range s.centers {
		if c.clusters.Matches(labels) {
			names = append(names, c.name)
		}
	}
	return names
}

// Clusters are all clusters of the policy, ordered by name.
func (s *Snapshot) Clusters() []*Cluster {
	return slices.SortedFunc(maps.Values(s.fleet.clusters), func(a, b *Cluster) int { return a.Ref().compare(b.Ref()) })
}

// DataCenters are the names of all DataCenters, sorted.
func (s *Snapshot) DataCenters() []string {
	names := make([]string, len(s.centers))
	for i, c := range s.centers {
		names[i] = c.name
	}
	return names
}

// HoldsOn says whether a user holds an action group on an object, whichever cluster it is in: by a role on it or above
// it, or because he made it.
func (s *Snapshot) HoldsOn(who Subject, group ovirt.ActionGroup, on v1alpha1.ObjectReference) bool {
	t, ok := s.target(on)
	if !ok {
		return false
	}
	q := ovirt.Requirement{Group: group, On: t.at.on, Place: ovirt.Named}
	for p := range s.permissions.of(who) {
		if (p.superOnSystem() || p.role.Meets(q)) && t.isUnder(s, p) {
			return true
		}
	}
	if !t.here {
		return false
	}
	return slices.ContainsFunc(t.way, func(p place) bool {
		role := creatorRoles[p.on]
		if role == nil || !role.Meets(q) {
			return false
		}
		if p == t.at {
			return t.is(s.inventory, func(o header) bool { return creatorOf(o) == who.Name })
		}
		return s.inventory.madeBy(who.Name, p, "")
	})
}

// target is an object on which a role is held.
type target struct {
	at      place
	way     places // upwards, as seen from its own cluster
	cluster string
	uid     string
	here    bool    // in the cluster that is served
	centers []place // the DataCenters of its cluster
}

// target finds an object's place, if its kind has one.
func (s *Snapshot) target(on v1alpha1.ObjectReference) (target, bool) {
	kind, ok := ovirt.ObjectTypeByName(string(on.Kind))
	if !ok {
		return target{}, false
	}
	t := target{at: place{kind, on.Namespace, on.Name}, cluster: on.Cluster, uid: on.UID}
	t.here = s.IsHere(on)
	switch kind {
	case ovirt.System:
		t.at = theSystem
	case ovirt.Cluster:
		t.at = theCluster
	default:
	}
	if s.self != (ClusterRef{}) && t.cluster == "" && s.isPinned(&t) {
		t.cluster = s.self.String()
	}
	if t.here {
		t.way = s.from(nil, t.at)
	} else {
		t.way = places{t.at}.above(t.at.on, t.at.namespace)
	}
	if ref, err := ParseClusterRef(t.cluster); err == nil {
		t.centers = s.dataCenters[clusterPlace(ref)]
	}
	return t, true
}

// isPinned says whether an object of which no cluster is said is the one in the cluster that is served, by its UID. One that
// is not known here is that of its name in each cluster.
func (s *Snapshot) isPinned(t *target) bool {
	if t.uid != "" {
		return s.inventory.isThere(t.at, "", t.uid)
	}
	uid, _ := s.inventory.uidAt(t.at)
	return uid != ""
}

// IsHere says whether an object is in the cluster that is served.
func (s *Snapshot) IsHere(on v1alpha1.ObjectReference) bool {
	return on.Cluster == "" || on.Cluster == s.self.String()
}

// isUnder says whether a permission is on the object or above it.
func (t *target) isUnder(s *Snapshot, p *Permission) bool {
	on, _ := ovirt.ObjectTypeByName(string(p.On.Kind))
	at := place{on, p.On.Namespace, p.On.Name}
	inCluster := p.On.Cluster == "" || p.On.Cluster == t.cluster
	switch on {
	case ovirt.System:
		return true
	case ovirt.DataCenter:
		isIn := at == t.at || slices.Contains(t.way, theDataCenter) && slices.Contains(t.centers, at)
		return isIn && s.isStill(p.On)
	case ovirt.Cluster:
		return inCluster && slices.Contains(t.way, theCluster) && s.isStill(p.On)
	default:
		return inCluster && slices.Contains(t.way, at) && t.isMeant(s, at, p.On.UID)
	}
}

// isStill says of a cluster or DataCenter that it is not known to be another one of the same name.
func (s *Snapshot) isStill(on v1alpha1.ObjectReference) bool {
	uid, _ := s.FindObject(on)
	return on.UID == "" || uid == "" || uid == on.UID
}

// isMeant says whether the object at a place of the way is the one with a UID. One that is not known here is not.
func (t *target) isMeant(s *Snapshot, at place, uid string) bool {
	switch {
	case uid == "", at == t.at && uid == t.uid:
		return true
	case !t.here:
		return false
	case at == t.at:
		return t.is(s.inventory, func(o header) bool { return o.header().Metadata.UID == uid })
	default:
		return s.inventory.isThere(at, "", uid)
	}
}

// is says whether something is true of the object: of the one with its UID, and without one of all that its name could be.
// A template and an image are two, a claim and its DataVolume are one.
func (t *target) is(inv *inventory, holds func(header) bool) bool {
	filled := t.at.on == ovirt.Disk && inv.isFilled(t.at)
	found := false
	for o := range inv.at(t.at, "") {
		switch {
		case t.uid != "" && o.header().Metadata.UID != t.uid && !filled:
		case holds(o):
			found = true
		case !filled:
			return false
		}
	}
	return found
}
