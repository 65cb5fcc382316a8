package watch

import (
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/cache"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// store takes what a reflector reads.
type store struct{ *stream }

var _ cache.TransformingStore = store{}

// Transformer reduces objects while the reflector still collects them.
func (s store) Transformer() cache.TransformFunc {
	return func(obj any) (any, error) { return s.stripped(obj) }
}

func (s store) stripped(obj any) (*object, error) {
	switch obj := obj.(type) {
	case *object:
		return obj, nil
	case *unstructured.Unstructured:
		return strip(obj, s.fields)
	default:
		return nil, fmt.Errorf("%s: a %T is no object", s.GroupKind, obj)
	}
}

// Add takes a new object.
func (s store) Add(obj any) error { return s.Update(obj) }

// Update takes a new version of an object.
func (s store) Update(obj any) error {
	o, err := s.stripped(obj)
	if err != nil {
		return err
	}
	s.source.update(s.stream, read(o))
	return nil
}

// Delete takes that an object is gone.
func (s store) Delete(obj any) error {
	o, err := s.stripped(obj)
	if err != nil {
		return err
	}
	s.source.update(s.stream, change{key: keyOf(o)})
	return nil
}

// Replace takes all objects that there are.
func (s store) Replace(list []any, _ string) error {
	changes := make([]change, len(list))
	for i, obj := range list {
		o, err := s.stripped(obj)
		if err != nil {
			return err
		}
		changes[i] = read(o)
	}
	s.source.replace(s.stream, changes)
	return nil
}

// Resync has nothing to do: what is stored is all there is.
func (s store) Resync() error { return nil }

// change is a new version of an object, or its end.
type change struct {
	key
	version
	problems []policy.Problem
}

func keyOf(o *object) key { return key{Namespace: o.Namespace, Name: o.Name} }

// read decodes an object.
func read(o *object) change {
	c := change{key: keyOf(o), version: version{json: o.json, leaving: o.DeletionTimestamp != nil}}
	items, problems := policy.Read(o.json, policy.Position{})
	if len(items) == 1 {
		c.item = items[0]
	}
	c.problems = problems
	return c
}
