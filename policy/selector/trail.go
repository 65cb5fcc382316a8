package selector

// event is a change to the search that can be undone.
type event struct {
	kind  kind
	index int32  // the axis, cut or term that it happened to
	was   bitset // the atoms that a narrowed axis had
}

type kind uint8

const (
	narrowed kind = iota
	settled
	gone
)

// narrow shrinks one axis of the box to the atoms given, which are some of
// those left. The cuts of the axis have to be reviewed afterwards.
func (s *search) narrow(axis int, atoms bitset) {
	s.trail = append(s.trail, event{kind: narrowed, index: int32(axis), was: s.box[axis]})
	s.box[axis] = atoms
}

// settle notes that the box lies inside a cut.
func (s *search) settle(cut int32) {
	s.trail = append(s.trail, event{kind: settled, index: cut})
	s.cuts[cut].settled = true
	s.terms[s.cuts[cut].term].open--
}

// drop notes that a term does not touch the box any more.
func (s *search) drop(term int32) {
	s.trail = append(s.trail, event{kind: gone, index: term})
	s.terms[term].gone = true
}

// retract undoes what happened since the trail had that length.
func (s *search) retract(length int) {
	for len(s.trail) > length {
		last := len(s.trail) - 1
		e := s.trail[last]
		s.trail = s.trail[:last]
		s.steps--
		switch e.kind {
		case narrowed:
			s.box[e.index] = e.was
		case settled:
			s.cuts[e.index].settled = false
			s.terms[s.cuts[e.index].term].open++
		case gone:
			s.terms[e.index].gone = false
		}
	}
}
