package selector

// trail remembers what happened to the box, so that it can be undone.
type trail []event

type event struct {
	kind  kind
	index int32  // the axis, cut or term that it happened to
	cause int32  // of narrowing: the term that was taken away, or none
	was   bitset // of narrowing: the atoms before
}

type kind uint8

const (
	narrowing kind = iota
	settling
	going
)

func (t trail) mark() int { return len(t) }

func (t *trail) narrowed(axis int, was bitset, cause int32) {
	*t = append(*t, event{kind: narrowing, index: int32(axis), was: was, cause: cause})
}

func (t *trail) settled(cut int32) { *t = append(*t, event{kind: settling, index: cut}) }
func (t *trail) gone(term int32)   { *t = append(*t, event{kind: going, index: term}) }

// retract undoes everything down to the mark and returns the argument, now
// about the box as it was there: where the argument rests on an axis that a
// term was taken away from, it rests on all axes of that term instead.
func (s *search) retract(mark int, argument bitset) bitset {
	for len(s.trail) > mark {
		last := len(s.trail) - 1
		e := s.trail[last]
		s.trail = s.trail[:last]
		s.steps--
		switch e.kind {
		case narrowing:
			s.box[e.index] = e.was
			if e.cause != none && argument.has(int(e.index)) {
				argument.union(s.axesOf(e.cause))
			}
		case settling:
			s.cuts[e.index].settled = false
			s.terms[s.cuts[e.index].term].open++
		case going:
			s.terms[e.index].gone = false
		}
	}
	return argument
}
