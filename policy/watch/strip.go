package watch

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// lastApplied is a copy of the whole object that kubectl leaves in an annotation.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// object is what remains of an object: the JSON of the fields that are read, and as much metadata as a reflector needs.
type object struct {
	metav1.TypeMeta
	metav1.ObjectMeta
	json []byte
}

// DeepCopyObject makes an object a runtime.Object. Nothing here is ever written to, so the copy is shallow.
func (o *object) DeepCopyObject() runtime.Object { return new(*o) }

type objectList struct {
	metav1.TypeMeta
	metav1.ListMeta
	Items []*object
}

// DeepCopyObject makes a list a runtime.Object.
func (l *objectList) DeepCopyObject() runtime.Object { return new(*l) }

// strip reduces an object to the fields of a shape.
func strip(u *unstructured.Unstructured, fields shape) (*object, error) {
	o := &object{ObjectMeta: metav1.ObjectMeta{
		Namespace:         u.GetNamespace(),
		Name:              u.GetName(),
		ResourceVersion:   u.GetResourceVersion(),
		DeletionTimestamp: u.GetDeletionTimestamp(),
	}}
	fields.prune(u.Object)
	unstructured.RemoveNestedField(u.Object, "metadata", "annotations", lastApplied)
	var err error
	if o.json, err = json.Marshal(u.Object); err != nil {
		return nil, fmt.Errorf("encoding %s: %w", o.Name, err)
	}
	return o, nil
}

func stripList(list *unstructured.UnstructuredList, fields shape) (*objectList, error) {
	out := &objectList{Items: make([]*object, len(list.Items))}
	out.ResourceVersion = list.GetResourceVersion()
	out.Continue = list.GetContinue()
	out.RemainingItemCount = list.GetRemainingItemCount()
	var err error
	for i := range list.Items {
		if out.Items[i], err = strip(&list.Items[i], fields); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// shape names the fields that are read. A field that stands under it as nil is read whole.
type shape map[string]shape

// shapeOf is the shape of what decodes into a type.
func shapeOf(t reflect.Type) shape {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) {
		return nil
	}
	s := shape{}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || !f.IsExported() && !f.Anonymous:
		case f.Anonymous && name == "":
			for inner, fields := range shapeOf(f.Type) {
				s[inner] = fields
			}
		default:
			s[name] = shapeOf(f.Type)
		}
	}
	return s
}

// prune removes what has no place in the shape.
func (s shape) prune(value any) {
	if s == nil {
		return
	}
	switch value := value.(type) {
	case map[string]any:
		for name, field := range value {
			if inner, read := s[name]; read {
				inner.prune(field)
			} else {
				delete(value, name)
			}
		}
	case []any:
		for _, element := range value {
			s.prune(element)
		}
	}
}
