package policy

import (
	"slices"

	"github.com/bailiwick-dev/bailiwick/api/v1alpha1"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// FindObject says of an object on which a role is assigned whether it is known, and its UID. The latter is empty where
// the name could be that of two.
func (s *Snapshot) FindObject(on v1alpha1.ObjectReference) (uid string, known bool) {
	t, ok := s.target(on)
	switch {
	case !ok:
		return "", false
	case t.at == theSystem:
		return "", true
	case t.at.on == ovirt.DataCenter:
		i := slices.IndexFunc(s.centers, func(c center) bool { return c.name == on.Name })
		if i < 0 {
			return "", false
		}
		return s.centers[i].uid, true
	case t.at == theCluster:
		ref, err := ParseClusterRef(t.cluster)
		if c := s.Cluster(ref); err == nil && c != nil {
			return c.Metadata.UID, true
		}
		return "", false
	case !t.here:
		return "", false
	}
	return s.inventory.uidAt(t.at)
}

// uidAt is the UID of the object at a place. That of a disk is its claim's, which stays when the DataVolume goes.
func (inv *inventory) uidAt(p place) (uid string, known bool) {
	var found []*Object
	for o := range inv.at(p, "") {
		found = append(found, o.header())
	}
	if p.on == ovirt.Disk && inv.isFilled(p) {
		found = slices.DeleteFunc(found, func(o *Object) bool { return o.Kind == "DataVolume" })
	}
	if len(found) != 1 {
		return "", len(found) > 0
	}
	return found[0].Metadata.UID, true
}
