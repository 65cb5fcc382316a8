package policy

import (
	"slices"

	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// Spot is an object of the hierarchy on the cluster that is served, about which guards ask. Without a name it is one that
// is not there yet, or not known: what counts is what stands above every object of its type in the namespace.
type Spot struct {
	Type            ovirt.ObjectType
	Namespace, Name string
	// Resource says which kind is meant where a type has several, as virtualmachineimages among templates.
	Resource string
}

// String names the object, or where it will be: `VnicProfile default/vlan1`, `Namespace "team"`, `Cluster`.
func (s Spot) String() string {
	if s.Name == "" && s.Namespace != "" {
		return place{on: ovirt.Namespace, name: s.Namespace}.String()
	}
	return place{s.Type, s.Namespace, s.Name}.String()
}

// Lacks says whether a user holds an action group neither on an object nor on one above it, and has not made one of
// these. It looks at roles of the hierarchy alone.
func (s *Snapshot) Lacks(who Subject, group ovirt.ActionGroup, on Spot) bool {
	qs := []ovirt.Requirement{{Group: group, On: on.Type}}
	ask := Ask{Namespace: on.Namespace, Resource: on.Resource}
	var buffer [usualPlaces]place
	var way places
	if on.Name != "" {
		way = s.from(buffer[:0], place{on.Type, on.Namespace, on.Name})
	} else {
		way = s.way(buffer[:0], &qs[0], &ask)
	}
	for a := range s.hierarchy.of(who) {
		if a.meets(s.inventory, way, qs, &ask) != nil {
			return false
		}
	}
	_, made := s.made(who, way, qs, &ask)
	return !made
}

// LacksDisk says whether a user may not make a disk of a storage class in a namespace: CREATE_DISK is held there, or on
// the class by somebody who has any role there. An empty class is one that is not known.
func (s *Snapshot) LacksDisk(who Subject, namespace, class string) bool {
	if !s.Lacks(who, ovirt.CreateDisk, Spot{Type: ovirt.Disk, Namespace: namespace}) {
		return false
	}
	return class == "" || !s.hasFoothold(who, namespace) || s.Lacks(who, ovirt.CreateDisk, Spot{Type: ovirt.StorageDomain, Name: class})
}

// SavedOf is the machine of which a VirtualMachineBackup of Harvester or a VirtualMachineSnapshot is, or "" when the
// inventory does not know.
func (s *Snapshot) SavedOf(kind, namespace, name string) string {
	return s.inventory.machineOf(namespace, kind, name)
}

// OnlyByRoles says whether roles of the hierarchy alone can let a user do something: he has some, and none of the ways
// to ask for it is allowed by anything else that is known here.
func (s *Snapshot) OnlyByRoles(who Subject, ways ...Ask) bool {
	return s.IsAssigned(who) && !s.takesNoRoles(who) && !s.IsPlatformAdmin(who) &&
		!slices.ContainsFunc(ways, func(ask Ask) bool { return s.Can(who, &ask) })
}

// GivesRoles says whether anybody holds a role of the hierarchy, by an assignment or because he made something. Of a
// snapshot that was not compiled it is not known, so that he might.
func (s *Snapshot) GivesRoles() bool {
	return s.inventory == nil || len(s.hierarchy.users)+len(s.hierarchy.groups)+len(s.inventory.makers) > 0
}

// Knows says whether an object is there, as far as the inventory tells.
func (s *Snapshot) Knows(on Spot) bool {
	for range s.inventory.at(place{on.Type, on.Namespace, on.Name}, on.Resource) {
		return true
	}
	return false
}

// ClassOf is the storage class of a disk, or "" when it is not known.
func (s *Snapshot) ClassOf(namespace, disk string) string {
	return s.inventory.classOf(namespace, disk)
}

// DefaultClass is the storage class of claims that name none, or "" when it is not known or there are several.
func (s *Snapshot) DefaultClass() string {
	name := ""
	for _, class := range s.facts.StorageClasses {
		switch {
		case !class.Default:
		case name != "":
			return ""
		default:
			name = class.Name
		}
	}
	return name
}

// ImageClassAnnotation names the storage class that an image was put on.
const ImageClassAnnotation = "harvesterhci.io/storageClassName"

// ClassUnderImage is the storage class under the one that Harvester makes for an image: who may make disks of the former
// may make them of the image. Any other class is what it is.
//
// Upstream: harvester pkg/image/common/operator.go, GetStorageClassName.
func (s *Snapshot) ClassUnderImage(namespace, image, class string) string {
	i, ok := s.inventory.find(namespace, "VirtualMachineImage", image).(*Image)
	if !ok || class != "longhorn-"+i.Metadata.Name && class != "lh-"+i.Metadata.UID {
		return class
	}
	if under := i.Metadata.Annotations[ImageClassAnnotation]; under != "" {
		return under
	}
	return class
}
