package selector

// survey is how the box looks to the live terms. It is room that choose uses
// again and again.
type survey struct {
	reach []bitset  // of each axis, the atoms inside some open cut
	score []float64 // how much splitting the axis would tell
	best  []int32   // the cut to split it at
}

func newSurvey(box []bitset) survey {
	v := survey{score: make([]float64, len(box)), best: make([]int32, len(box))}
	for _, atoms := range box {
		v.reach = append(v.reach, make(bitset, len(atoms)))
	}
	return v
}

// choose returns the cut at which to split the box, or nil if no term touches
// the box any more.
//
// First it gives axes away. Where an atom lies outside every open cut of an
// axis, a point that gets away can as well have that atom: it gets away from
// all the terms with these cuts, and the others do not care. So the rest of the
// axis is let go, and nothing has to be split. This alone decides most
// questions that people ask, because grants hardly ever speak of all the
// values that there are.
func (s *search) choose() *placed {
	for s.look() {
		if !s.giveAway() {
			return s.mostTelling()
		}
	}
	return nil
}

// look fills in the survey and reports whether there are live terms.
func (s *search) look() bool {
	v := &s.survey
	clear(v.score)
	for axis := range v.reach {
		s.steps -= len(v.reach[axis])
		clear(v.reach[axis])
	}
	live := false
	for t := range s.terms {
		s.steps--
		if !s.terms[t].gone {
			s.lookAt(&s.terms[t])
			live = true
		}
	}
	return live
}

func (s *search) lookAt(t *counted) {
	v := &s.survey
	worth := float64(t.weight) / float64(int(1)<<min(t.open, 30))
	for i := t.first; i < t.end; i++ {
		c := &s.cuts[i]
		s.steps--
		if c.settled {
			continue
		}
		s.steps -= len(c.atoms)
		v.reach[c.axis].union(c.atoms)
		if v.score[c.axis] == 0 || t.open < s.terms[s.cuts[v.best[c.axis]].term].open {
			v.best[c.axis] = i
		}
		v.score[c.axis] += worth
	}
}

// giveAway narrows the axes on which some atoms lie outside every open cut to
// these atoms, and reports whether there were any.
func (s *search) giveAway() bool {
	given := false
	for axis, reach := range s.survey.reach {
		if s.survey.score[axis] == 0 {
			continue
		}
		if free := s.box[axis].less(reach); free.first() != none {
			s.narrow(axis, free)
			s.review(axis)
			given = true
		}
	}
	return given
}

// mostTelling weighs, for each axis, the terms that have a say on it: those
// with few cuts open and those that covered boxes before count most. An axis
// with few atoms left is the cheaper one.
func (s *search) mostTelling() *placed {
	at, top := int32(none), 0.0
	for axis, score := range s.survey.score {
		if score == 0 {
			continue
		}
		if score /= float64(s.box[axis].count()); at == none || score > top {
			at, top = s.survey.best[axis], score
		}
	}
	return &s.cuts[at]
}
