package v1alpha1

import (
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// RoleDefinition is a role that can be assigned on objects of the hierarchy, and holds for what is under them.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:scope=Cluster,categories=bailiwick
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="Type",type=string,JSONPath=".spec.type"
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=".metadata.creationTimestamp"
// +kubebuilder:printcolumn:name="Description",type=string,JSONPath=".spec.description",priority=1
// +kubebuilder:printcolumn:name="Groups",type=string,JSONPath=".spec.actionGroups",priority=1
type RoleDefinition struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   RoleDefinitionSpec `json:"spec"`
	Status Status             `json:"status,omitempty"`
}

// RoleDefinitionSpec is what a role allows.
//
// +kubebuilder:object:generate=true
// +kubebuilder:validation:XValidation:rule="has(self.actionGroups) && size(self.actionGroups) > 0 || has(self.rules) && size(self.rules) > 0",message="a role must allow something: name actionGroups or rules"
type RoleDefinitionSpec struct {
	// Type says who the role is for. Only who holds SuperUser on System may assign an Admin role.
	//
	// +kubebuilder:validation:XValidation:rule="self == oldSelf",message="the type of a role cannot change: make another role"
	Type RoleType `json:"type"`
	// Description says in a sentence what the role is for.
	//
	// +kubebuilder:validation:MaxLength=1024
	Description string `json:"description,omitempty"`
	// ActionGroups are what the role allows, in the words of oVirt: CREATE_VM, RUN_VM.
	//
	// +kubebuilder:validation:MaxItems=128
	// +listType=set
	ActionGroups []ActionGroup `json:"actionGroups,omitempty"`
	// ObjectTypes are those on which the action groups count. Empty: all. CREATE_VM on Template alone is to use
	// templates, not to create virtual machines everywhere.
	//
	// +kubebuilder:validation:MaxItems=16
	// +listType=set
	ObjectTypes []ObjectType `json:"objectTypes,omitempty"`
	// ViewsChildren says that the role lets its holder read what is in the object. Unset: if any of the action groups does
	// so in oVirt.
	ViewsChildren *bool `json:"viewsChildren,omitempty"`
	// Rules allow what no action group does, as in a ClusterRole.
	//
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:XValidation:rule="self.all(r, !has(r.nonResourceURLs))",message="a rule cannot name nonResourceURLs: they are under no object, put them into a ClusterRole"
	// +kubebuilder:validation:XValidation:rule="self.all(r, size(r.verbs) > 0 && has(r.apiGroups) && size(r.apiGroups) > 0 && has(r.resources) && size(r.resources) > 0)",message="a rule must name apiGroups, resources and verbs"
	// +listType=atomic
	Rules []rbacv1.PolicyRule `json:"rules,omitempty"`
}

// RoleType says who a role is for.
//
// +kubebuilder:validation:Enum=Admin;User
type RoleType string

// The role types.
const (
	RoleTypeAdmin RoleType = "Admin"
	RoleTypeUser  RoleType = "User"
)

// ActionGroup is the name of one thing that a role may allow.
//
// +kubebuilder:validation:MaxLength=64
// +kubebuilder:validation:Pattern=`^[A-Z][A-Z_]*[A-Z]$`
type ActionGroup string

// RoleDefinitionList is a list of them.
//
// +kubebuilder:object:root=true
type RoleDefinitionList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []RoleDefinition `json:"items"`
}
