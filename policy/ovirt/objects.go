package ovirt

import "slices"

// ObjectType is a type of the objects on which roles are assigned, in the words of RoleAssignment's spec.on.kind.
//
// Upstream: VdcObjectType. Namespace is ours; oVirt has nothing between a cluster and its virtual machines.
type ObjectType uint8

// The object types, with what they are in Kubernetes.
const (
	// AnyObject stands for every type (upstream: Bottom). No role is assigned on it.
	AnyObject          ObjectType = iota
	System                        // all clusters
	DataCenter                    // the clusters that the selector of a DataCenter matches
	Cluster                       // SveltosCluster, Cluster of Cluster API or of Rancher
	Namespace                     // Namespace
	Host                          // Node
	VirtualMachine                // VirtualMachine, and the VirtualMachineInstance of the same name
	VirtualMachinePool            // VirtualMachinePool
	Template                      // VirtualMachineTemplate, VirtualMachineImage, instance types and preferences
	StorageDomain                 // StorageClass
	Disk                          // PersistentVolumeClaim, and the DataVolume of the same name
	Network                       // ClusterNetwork
	VnicProfile                   // NetworkAttachmentDefinition
)

var objectTypes = [...]string{
	AnyObject: "any object", System: "System", DataCenter: "DataCenter", Cluster: "Cluster", Namespace: "Namespace", Host: "Host",
	VirtualMachine: "VirtualMachine", VirtualMachinePool: "VirtualMachinePool", Template: "Template",
	StorageDomain: "StorageDomain", Disk: "Disk", Network: "Network", VnicProfile: "VnicProfile",
}

func (t ObjectType) String() string { return objectTypes[t] }

// ObjectTypeByName finds a type on which roles can be assigned.
func ObjectTypeByName(name string) (ObjectType, bool) {
	i := slices.Index(objectTypes[1:], name)
	return ObjectType(i + 1), i >= 0
}

// ObjectTypes is a set of object types. The zero value is no restriction: all of them.
type ObjectTypes uint16

// Only is the set of the given types.
func Only(types ...ObjectType) ObjectTypes {
	var s ObjectTypes
	for _, t := range types {
		s |= 1 << t
	}
	return s
}

// Has says whether a type is in the set. AnyObject is in each: admission asks again, of the type that the body tells.
func (s ObjectTypes) Has(t ObjectType) bool { return s == 0 || t == AnyObject || s&(1<<t) != 0 }
