// +groupName=bailiwick.dev

//go:generate go run sigs.k8s.io/controller-tools/cmd/controller-gen@v0.23.0 object crd paths=. output:crd:dir=../crds

package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// AddToScheme lets typed clients read and write the kinds of this package that are stored in a cluster.
func AddToScheme(scheme *runtime.Scheme) error {
	gv, err := schema.ParseGroupVersion(GroupVersion)
	if err != nil {
		return err
	}
	scheme.AddKnownTypes(gv, &RoleDefinition{}, &RoleDefinitionList{}, &RoleAssignment{}, &RoleAssignmentList{}, &DataCenter{}, &DataCenterList{})
	metav1.AddToGroupVersion(scheme, gv)
	return nil
}
