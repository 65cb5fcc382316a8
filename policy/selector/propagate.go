package selector

import "slices"

// propagate takes all terms away from the box that narrow it along one axis
// only. It returns a term that covers the box, or none.
//
// Terms are taken away in batches, and the cuts of an axis reviewed once for
// all of them: a thousand grants that each name one value of the same key must
// not cost a thousand reviews of a thousand cuts.
func (s *search) propagate() int32 {
	for s.covered == none && s.steps >= 0 && len(s.units) > 0 {
		s.touched = s.touched[:0]
		for _, t := range s.units {
			s.takeAway(t)
		}
		s.units = s.units[:0]
		slices.Sort(s.touched)
		for _, axis := range slices.Compact(s.touched) {
			s.review(axis)
		}
	}
	s.units = s.units[:0]
	t := s.covered
	s.covered = none
	return t
}

// takeAway narrows the box to what lies outside a term along its only open
// cut. If others of the same batch have left nothing to take, or nothing else,
// the review will tell.
func (s *search) takeAway(t int32) {
	if s.terms[t].gone {
		return
	}
	c := s.openCut(t)
	s.steps -= len(c.atoms)
	if in, out := s.box[c.axis].split(c.atoms); in && out {
		s.narrow(c.axis, s.box[c.axis].less(c.atoms))
		s.touched = append(s.touched, c.axis)
	}
}

// openCut returns the one cut with which a term still narrows the box.
func (s *search) openCut(t int32) *placed {
	at := s.terms[t].first
	for s.cuts[at].settled {
		at++
	}
	return &s.cuts[at]
}

// review brings the cuts of an axis up to date with the box. A term that no
// longer touches the box is left alone: it can only come back when the trail
// is retraced. Once a term covers the box, the rest does not matter either.
func (s *search) review(axis int) {
	for _, i := range s.onAxis[axis] {
		if s.covered != none {
			return
		}
		c := &s.cuts[i]
		s.steps--
		if c.settled || s.terms[c.term].gone {
			continue
		}
		s.steps -= len(c.atoms)
		switch in, out := s.box[axis].split(c.atoms); {
		case !in:
			s.drop(c.term)
		case !out:
			s.settle(i)
			s.enlist(c.term)
		}
	}
}

// enlist notes a term that came close to covering the box, or does cover it.
func (s *search) enlist(t int32) {
	switch s.terms[t].open {
	case 0:
		s.covered = t
	case 1:
		s.units = append(s.units, t)
	}
}
