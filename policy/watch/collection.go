package watch

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// key names an object within its kind.
type key = types.NamespacedName

// collection is what is known of one kind in one cluster. It is guarded by the Source that it belongs to.
type collection struct {
	policy.Served
	cluster *cluster
	fields  shape
	objects map[key]*entry
	// wanted are the objects that are read; nil: all.
	wanted map[key]bool
	// denied are the namespaces and names whose wanted objects may only be read one by one.
	denied map[key]bool
	// removals says that the removal of objects waits until the kind is known to stay.
	removals bool
	judged   time.Time // when it was last looked up
	// ending says that it does not stay, so that those objects stay in force.
	ending bool
}

// entry is one object.
type entry struct {
	good version   // in force; without an item when no version of it could be used yet
	bad  *rejected // a newer version that cannot be used
	next *version  // a removal that counts when the kind is known to stay
}

// version is one state of an object. Without JSON there is none any more.
type version struct {
	json    []byte
	item    policy.Item
	leaving bool // it has been deleted, and finalizers hold it
}

type rejected struct {
	json     []byte
	problems []policy.Problem
}

func newCollection(k policy.Served, c *cluster) *collection {
	return &collection{Served: k, cluster: c, fields: shapeOf(k.Fields), objects: map[key]*entry{}, denied: map[key]bool{}}
}

// put takes up a version of an object and says whether anything changed.
func (c *collection) put(k key, v version, problems []policy.Problem, now time.Time) bool {
	if c.wanted != nil && !c.wanted[k] {
		return false
	}
	e := c.objects[k]
	if e == nil {
		e = &entry{}
		c.objects[k] = e
	}
	switch {
	case e.next == nil && bytes.Equal(e.latest(), v.json):
		return false
	case v.item == nil:
		e.reject(v, problems, now)
	case c.Custom && v.leaving && e.good.item != nil && !e.good.leaving:
		e.next, c.removals = &v, true
	default:
		*e = entry{good: v}
	}
	return true
}

// remove takes up that an object is gone.
func (c *collection) remove(k key) bool {
	e := c.objects[k]
	switch {
	case e == nil:
		return false
	case c.Custom:
		e.next, c.removals = &version{}, true
	default:
		delete(c.objects, k)
	}
	return true
}

// acceptRemovals makes them count.
func (c *collection) acceptRemovals() {
	c.removals = false
	for k, e := range c.objects {
		switch {
		case e.next == nil:
		case e.next.json == nil:
			delete(c.objects, k)
		default:
			*e = entry{good: *e.next}
		}
	}
}

func (e *entry) latest() []byte {
	if e.bad != nil {
		return e.bad.json
	}
	return e.good.json
}

// reject keeps the last good version in force.
func (e *entry) reject(v version, problems []policy.Problem, now time.Time) {
	e.bad, e.next = &rejected{v.json, problems}, nil
	if e.good.item == nil {
		return
	}
	e.bad.problems = append(slices.Clip(problems), policy.Problem{
		Severity: policy.Warning,
		Object:   problems[0].Object,
		Message:  fmt.Sprintf("cannot be used since %s; its last good version stays in force", now.Format(time.RFC3339)),
		Hint:     "correct the object",
	})
}

// addTo adds what is in force, and what is wrong with it.
func (e *entry) addTo(b *policy.Bundle) {
	if e.good.item != nil {
		e.good.item.AddTo(b.Objects)
	}
	if e.bad != nil {
		b.Problems = append(b.Problems, e.bad.problems...)
	}
}
