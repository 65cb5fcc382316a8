package selector

// search looks for a point of a grid that no term covers. It holds a box, at
// first the whole grid, and takes terms away from it until nothing is left or
// no term touches the rest. Where it has to, it splits the box, and it goes
// back to where it split when a half turns out to be covered.
//
// This is the search of a SAT solver with a set of atoms where that has a
// literal: a term that narrows the box along one axis only is a unit clause, a
// term that does so along none is a conflict.
type search struct {
	axes  []axis
	steps int // left of the budget

	box    []bitset // what is left of each axis, never empty
	terms  []counted
	cuts   []placed
	onAxis [][]int32 // the cuts of each axis
	trail  []event

	units   []int32 // terms that may narrow the box along one axis only
	touched []int   // axes that a batch of units has narrowed
	covered int32   // a term that covers the box, or none
	survey  survey
}

// counted is a term with what became of it in the current box.
type counted struct {
	first, end int32 // its cuts
	open       int32 // how many of them narrow the box
	gone       bool  // the term does not touch the box
	weight     int32 // one more than the boxes that it turned out to cover
}

// placed is a cut with what became of it in the current box.
type placed struct {
	cut
	term    int32
	settled bool // the box lies inside the cut
}

// none stands where the number of a term could.
const none = -1

func newSearch(g *grid, steps int) *search {
	s := &search{axes: g.axes, steps: steps, covered: none}
	for i := range g.axes {
		s.box = append(s.box, full(g.axes[i].size()))
	}
	s.onAxis = make([][]int32, len(g.axes))
	for i, t := range g.terms {
		first := int32(len(s.cuts))
		for _, c := range t {
			s.onAxis[c.axis] = append(s.onAxis[c.axis], int32(len(s.cuts)))
			s.cuts = append(s.cuts, placed{cut: c, term: int32(i)})
		}
		s.terms = append(s.terms, counted{first: first, end: int32(len(s.cuts)), open: int32(len(t)), weight: 1})
		if len(t) == 1 {
			s.units = append(s.units, int32(i))
		}
	}
	s.survey = newSurvey(s.box)
	return s
}

// decide finds out whether the terms cover the box. Unless they do, the box is
// left as it is in the end: if they do not, no term touches it.
func (s *search) decide() Verdict {
	start := len(s.trail)
	if t := s.propagate(); t != none {
		s.terms[t].weight++
		s.retract(start)
		return Inside
	}
	if s.steps < 0 {
		return TooComplex
	}
	at := s.choose()
	if at == nil {
		return NotContained
	}
	for _, half := range [...]bitset{s.box[at.axis].and(at.atoms), s.box[at.axis].less(at.atoms)} {
		before := len(s.trail)
		s.narrow(at.axis, half)
		s.review(at.axis)
		if verdict := s.decide(); verdict != Inside {
			return verdict
		}
		s.retract(before)
	}
	s.retract(start)
	return Inside
}
