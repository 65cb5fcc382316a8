// Package selector is the algebra of Kubernetes label selectors.
//
// A Selector is kept in normal form: for every key it constrains, the values
// it admits (those listed, or all but those listed) and whether the key may
// be absent. An AND of requirements has exactly one such form, and a
// contradiction such as "a=1,a=2" has the same form as a selector without any
// requirement: it matches nothing.
//
// Contained decides whether every label set that one selector matches is
// matched by at least one of several others. It answers with a witness, a
// label set that gets away, or gives up when the question costs more than a
// fixed number of steps. There is no clock in it: the same question gets the
// same answer on every machine.
//
// What each operator matches is taken from k8s.io/apimachinery/pkg/labels;
// what no requirement at all matches (nothing) is taken from Sveltos.
package selector

import (
	"iter"
	"slices"
	"strings"
)

// Selector is a set of label sets. It is immutable and may be copied and
// shared; its zero value matches nothing.
type Selector struct {
	satisfiable bool
	// constraints are sorted by key and hold each key once. A key without a
	// constraint may have any value or none.
	constraints []constraint
}

// constraint says what a selector admits for one key.
type constraint struct {
	key string
	domain
}

// Matches reports whether the label set satisfies the selector. It does not
// allocate.
func (s Selector) Matches(set map[string]string) bool {
	if !s.satisfiable {
		return false
	}
	for i := range s.constraints {
		c := &s.constraints[i]
		if value, ok := set[c.key]; ok && !c.hasValue(value) || !ok && !c.absent {
			return false
		}
	}
	return true
}

// Nothing reports whether no label set at all can match: the selector has no
// requirement, or its requirements contradict each other.
func (s Selector) Nothing() bool { return !s.satisfiable }

// Keys yields the keys that the selector constrains, sorted. A selector that
// matches nothing has none.
func (s Selector) Keys() iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range s.constraints {
			if !yield(s.constraints[i].key) {
				return
			}
		}
	}
}

// on returns what the selector admits for a key.
func (s *Selector) on(key string) *domain {
	if len(s.constraints) <= few {
		for i := range s.constraints {
			if s.constraints[i].key == key {
				return &s.constraints[i].domain
			}
		}
		return &anything
	}
	at, found := slices.BinarySearchFunc(s.constraints, key, func(c constraint, key string) int {
		return strings.Compare(c.key, key)
	})
	if !found {
		return &anything
	}
	return &s.constraints[at].domain
}

// Overlaps reports whether some label set is matched by both.
func (s Selector) Overlaps(other Selector) bool { return s.satisfiable && s.touches(&other) }
