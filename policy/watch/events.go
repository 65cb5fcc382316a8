package watch

import (
	"slices"
	"time"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// The methods of this file take what streams tell.

// update takes a new version of an object, or its end.
func (s *Source) update(st *stream, c change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !st.stopped && s.apply(st.collection, c) {
		s.revised(st.collection, []change{c})
	}
}

// replace takes all objects that there are.
func (s *Source) replace(st *stream, changes []change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if st.stopped {
		return
	}
	there := make(map[key]bool, len(changes))
	changed := false
	for _, c := range changes {
		there[c.key] = true
		changed = s.apply(st.collection, c) || changed
	}
	for k := range st.objects {
		if st.covers(k) && !there[k] {
			changed = st.remove(k) || changed
		}
	}
	if changed {
		s.revised(st.collection, changes)
	}
	st.read = true
	st.settle()
	s.touched()
}

func (s *Source) apply(to *collection, c change) bool {
	if c.json == nil {
		return to.remove(c.key)
	}
	return to.put(c.key, c.version, c.problems, time.Now())
}

// revised counts a change. What cannot be used is a Problem, and so not only of the inventory.
func (s *Source) revised(c *collection, changes []change) {
	s.revision++
	if c.Where == policy.Inventory && !slices.ContainsFunc(changes, func(c change) bool { return len(c.problems) > 0 }) {
		s.inventory++
	}
	s.touched()
}

// reached takes that the API server answered.
func (s *Source) reached(st *stream) { s.note(st, nil) }

// failed takes that it did not, or with an error.
func (s *Source) failed(st *stream, err error) {
	_, host := st.cluster.api()
	s.note(st, newTrouble(err, host))
}

// absent takes that the API server does not serve the kind.
func (s *Source) absent(st *stream) {
	st.settle()
	s.note(st, &trouble{cause: "the API server does not serve the kind, and what it held stays in force", since: time.Now(), absent: true})
}

// note keeps the trouble of a stream, or that it is over. As long as it is of one kind it stays the one that began.
func (s *Source) note(st *stream, t *trouble) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := st.trouble
	switch {
	case st.stopped, old == nil && t == nil:
		return
	case old != nil && t != nil && old.absent && t.silent:
		return // still absent, as far as anybody knows
	case old != nil && t != nil && old.kind() == t.kind():
		t = new(*old)
		t.firm = t.denied && time.Since(t.since) >= s.grace
		if t.firm == old.firm {
			return
		}
	}
	st.trouble = t
	if t.isFirm() && !st.required() {
		st.settle()
	}
	if old.isFirm() != t.isFirm() {
		s.revision++ // it is one of the Problems
	}
	s.touched()
}
