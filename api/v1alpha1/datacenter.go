package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// DataCenter is a named set of clusters, on which roles can be assigned. A cluster may be in several.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:scope=Cluster,categories=bailiwick
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=".metadata.creationTimestamp"
// +kubebuilder:printcolumn:name="Selector",type=string,JSONPath=".spec.clusterSelector",priority=1
type DataCenter struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   DataCenterSpec `json:"spec"`
	Status Status         `json:"status,omitempty"`
}

// DataCenterSpec says which clusters are in a data center.
//
// +kubebuilder:object:generate=true
type DataCenterSpec struct {
	// ClusterSelector matches the labels of the clusters.
	//
	// +kubebuilder:validation:XValidation:rule="has(self.matchLabels) && size(self.matchLabels) > 0 || has(self.matchExpressions) && size(self.matchExpressions) > 0",message="an empty selector matches no cluster: name labels in matchLabels or matchExpressions"
	ClusterSelector metav1.LabelSelector `json:"clusterSelector"`
}

// Status says what became of an object.
//
// +kubebuilder:object:generate=true
type Status struct {
	// Conditions: Ready says whether the object is in force, and if not, why.
	//
	// +listType=map
	// +listMapKey=type
	Conditions []metav1.Condition `json:"conditions,omitempty"`
}

// ConditionReady is the type of the condition that says whether an object is in force.
const ConditionReady = "Ready"

// The reasons of the condition Ready: why an object is in force, or is not, or only in part. An assignment that has
// ended is not in force, as it was meant.
const (
	ReasonInForce = "InForce"
	ReasonProblem = "Problem"
	ReasonEnded   = "Ended"
)

// DataCenterList is a list of them.
//
// +kubebuilder:object:root=true
type DataCenterList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []DataCenter `json:"items"`
}
