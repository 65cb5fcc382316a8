package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// RoleAssignment gives a role to somebody on an object and on everything under it.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:scope=Cluster,categories=bailiwick
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="Role",type=string,JSONPath=".spec.roleRef.name"
// +kubebuilder:printcolumn:name="On",type=string,JSONPath=".spec.object.kind"
// +kubebuilder:printcolumn:name="Namespace",type=string,JSONPath=".spec.object.namespace"
// +kubebuilder:printcolumn:name="Name",type=string,JSONPath=".spec.object.name"
// +kubebuilder:printcolumn:name="Cluster",type=string,JSONPath=".spec.object.cluster"
// +kubebuilder:printcolumn:name="Expires",type=string,JSONPath=".spec.expires"
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=".metadata.creationTimestamp"
// +kubebuilder:printcolumn:name="Subjects",type=string,JSONPath=".spec.subjects[*].name",priority=1
type RoleAssignment struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   RoleAssignmentSpec `json:"spec"`
	Status Status             `json:"status,omitempty"`
}

// RoleAssignmentSpec says who gets which role on what.
//
// +kubebuilder:object:generate=true
type RoleAssignmentSpec struct {
	// Subjects get the role.
	//
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=256
	// +listType=atomic
	Subjects []Subject `json:"subjects"`
	// RoleRef is the role: a predefined one or a RoleDefinition.
	RoleRef RoleRef `json:"roleRef"`
	// On is the object that the role is given on. YAML reads a key `on` as true, so there it is `object`.
	On ObjectReference `json:"object"`
	// Expires is when the assignment ends. Unset: never.
	Expires *metav1.Time `json:"expires,omitempty"`
}

// Subject is somebody who gets a role.
//
// +kubebuilder:object:generate=true
// +kubebuilder:validation:XValidation:rule="self.kind != 'Everyone' || !has(self.name) && !has(self.__namespace__)",message="Everyone has neither name nor namespace: remove them",fieldPath=".name",reason=FieldValueForbidden
// +kubebuilder:validation:XValidation:rule="self.kind == 'Everyone' || has(self.name)",message="a User, Group or ServiceAccount must have a name",fieldPath=".name",reason=FieldValueRequired
// +kubebuilder:validation:XValidation:rule="self.kind != 'ServiceAccount' || has(self.__namespace__)",message="a ServiceAccount must have a namespace",fieldPath=".namespace",reason=FieldValueRequired
// +kubebuilder:validation:XValidation:rule="!(self.kind in ['User', 'Group']) || !has(self.__namespace__)",message="a User or Group has no namespace: remove it",fieldPath=".namespace",reason=FieldValueForbidden
type Subject struct {
	Kind SubjectKind `json:"kind"`
	// Name is the name of the user, group or ServiceAccount.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	Name string `json:"name,omitempty"`
	// Namespace is that of the ServiceAccount.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Namespace string `json:"namespace,omitempty"`
}

// SubjectKind says what a subject is.
//
// +kubebuilder:validation:Enum=User;Group;ServiceAccount;Everyone
type SubjectKind string

// The kinds of subjects. Everyone is whoever is authenticated.
const (
	SubjectUser           SubjectKind = "User"
	SubjectGroup          SubjectKind = "Group"
	SubjectServiceAccount SubjectKind = "ServiceAccount"
	SubjectEveryone       SubjectKind = "Everyone"
)

// RoleRef names a role.
//
// +kubebuilder:object:generate=true
type RoleRef struct {
	// Name is that of a predefined role, as UserVmManager, or of a RoleDefinition.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`
}

// RoleAssignmentList is a list of them.
//
// +kubebuilder:object:root=true
type RoleAssignmentList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []RoleAssignment `json:"items"`
}
