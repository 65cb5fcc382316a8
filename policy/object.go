package policy

import (
	"cmp"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Position is where an object was read: a file and the line it starts at. It is empty for objects of a live cluster.
type Position struct {
	File string
	Line int
}

func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// Ref names an object the way messages print it: `RoleRequest "full-access"`, `ConfigMap default/full-access`.
type Ref struct {
	Kind      string
	Namespace string
	Name      string
}

func (r Ref) String() string {
	switch {
	case r.Kind == "":
		return ""
	case r.Namespace != "":
		return fmt.Sprintf("%s %s/%s", r.Kind, r.Namespace, r.Name)
	default:
		return fmt.Sprintf("%s %q", r.Kind, r.Name)
	}
}

func (r Ref) compare(o Ref) int {
	return cmp.Or(cmp.Compare(r.Kind, o.Kind), cmp.Compare(r.Namespace, o.Namespace), cmp.Compare(r.Name, o.Name))
}

// Object is the part that every kind shares. Kinds embed it.
type Object struct {
	metav1.TypeMeta `json:",inline"`
	Metadata        Metadata `json:"metadata"`
	Position        Position `json:"-"`
}

// Metadata is the part of metav1.ObjectMeta that is read. Its fields mean what they mean there.
type Metadata struct {
	Name              string            `json:"name"`
	Namespace         string            `json:"namespace"`
	Labels            map[string]string `json:"labels"`
	Annotations       map[string]string `json:"annotations"`
	DeletionTimestamp *metav1.Time      `json:"deletionTimestamp"`
	UID               string            `json:"uid"`
	OwnerReferences   []OwnerReference  `json:"ownerReferences"`
}

// OwnerReference names an object without which this one goes away.
type OwnerReference struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// Ref names the object.
func (o *Object) Ref() Ref {
	return Ref{Kind: o.Kind, Namespace: o.Metadata.Namespace, Name: o.Metadata.Name}
}

// Deleting says whether the object goes away once its finalizers are gone.
func (o *Object) Deleting() bool { return o.Metadata.DeletionTimestamp != nil }

func (o *Object) header() *Object { return o }

// compareObjects orders objects by name, then by where they stand, so that what is compiled never depends on the
// order in which they were read.
func compareObjects(a, b *Object) int {
	return cmp.Or(a.Ref().compare(b.Ref()),
		cmp.Compare(a.Position.File, b.Position.File), cmp.Compare(a.Position.Line, b.Position.Line))
}
