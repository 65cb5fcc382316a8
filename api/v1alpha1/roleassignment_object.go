package v1alpha1

// ObjectType is a type of objects in the hierarchy.
//
// +kubebuilder:validation:Enum=System;DataCenter;Cluster;Namespace;Host;VirtualMachine;VirtualMachinePool;Template;StorageDomain;Disk;Network;VnicProfile
type ObjectType string

// ObjectReference names an object of the hierarchy.
//
//   - System is all clusters and takes no names.
//   - DataCenter takes a name.
//   - Cluster takes its name in cluster.
//   - Namespace, Host (Node), StorageDomain (StorageClass) and Network (ClusterNetwork) take a name.
//   - VirtualMachine, VirtualMachinePool, Template, Disk (PersistentVolumeClaim) and VnicProfile (NetworkAttachmentDefinition) take
//     a namespace and a name.
//
// +kubebuilder:object:generate=true
// +kubebuilder:validation:XValidation:rule="self.kind != 'System' || !has(self.cluster) && !has(self.__namespace__) && !has(self.name)",message="System is all clusters and takes no names: remove cluster, namespace and name",fieldPath=".kind",reason=FieldValueForbidden
// +kubebuilder:validation:XValidation:rule="self.kind != 'DataCenter' || !has(self.cluster)",message="a DataCenter is in no cluster: remove cluster",fieldPath=".cluster",reason=FieldValueForbidden
// +kubebuilder:validation:XValidation:rule="self.kind != 'Cluster' || has(self.cluster)",message="name the Cluster as in SveltosCluster:gke/one",fieldPath=".cluster",reason=FieldValueRequired
// +kubebuilder:validation:XValidation:rule="self.kind != 'Cluster' || !has(self.name)",message="a Cluster is named in cluster, as in SveltosCluster:gke/one: remove name",fieldPath=".name",reason=FieldValueForbidden
// +kubebuilder:validation:XValidation:rule="self.kind in ['System', 'Cluster'] || has(self.name)",message="name the object",fieldPath=".name",reason=FieldValueRequired
// +kubebuilder:validation:XValidation:rule="!(self.kind in ['VirtualMachine', 'VirtualMachinePool', 'Template', 'Disk', 'VnicProfile']) || has(self.__namespace__)",message="name the namespace of the object",fieldPath=".namespace",reason=FieldValueRequired
// +kubebuilder:validation:XValidation:rule="!(self.kind in ['DataCenter', 'Cluster', 'Namespace', 'Host', 'StorageDomain', 'Network']) || !has(self.__namespace__)",message="an object of this kind is in no namespace: remove namespace",fieldPath=".namespace",reason=FieldValueForbidden
type ObjectReference struct {
	Kind ObjectType `json:"kind"`
	// Cluster is where the object is, KIND:NAMESPACE/NAME as in SveltosCluster:gke/one. Unset: each cluster where the
	// assignment is loaded.
	//
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:XValidation:rule="self.matches('^(SveltosCluster|Cluster):[a-z0-9]([-a-z0-9]*[a-z0-9])?/[a-z0-9]([-.a-z0-9]*[a-z0-9])?$')",message="a cluster is named KIND:NAMESPACE/NAME, as in SveltosCluster:gke/one or Cluster:default/c1"
	Cluster string `json:"cluster,omitempty"`
	// Namespace is that of the object.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Namespace string `json:"namespace,omitempty"`
	// Name is that of the object.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name,omitempty"`
	// UID is that of the object: the assignment does not count for another one that gets its name later. It is filled in
	// when the assignment is written and the object is known. Empty: whichever object has the name.
	//
	// +kubebuilder:validation:MaxLength=64
	UID string `json:"uid,omitempty"`
}
