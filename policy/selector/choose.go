package selector

// survey is what the live terms look like from each axis of the box. It is
// room that choose uses again and again.
type survey struct {
	reach []bitset  // the atoms that some live term admits
	score []float64 // how much a split would tell
	best  []int32   // the cut to split at
}

func newSurvey(box []bitset) survey {
	v := survey{score: make([]float64, len(box)), best: make([]int32, len(box))}
	for _, atoms := range box {
		v.reach = append(v.reach, make(bitset, len(atoms)))
	}
	return v
}

// choose returns the cut at which to split the box, or false if no term
// touches the box any more.
//
// First it gives axes away. Where an atom is left that no live term admits, a
// point that gets away can as well have that atom, so the rest of the axis and
// all terms that have a say on it are let go. No argument can come to rest on
// such an axis, and nothing has to be split. This alone decides the questions
// that people ask, because a grant hardly ever speaks of all the values there
// are.
func (s *search) choose() (*placed, bool) {
	for {
		live := s.look()
		if !live {
			return nil, false
		}
		if !s.giveAway() {
			return s.mostTelling(), true
		}
	}
}

// look fills in the survey and reports whether there are live terms.
func (s *search) look() bool {
	v := &s.survey
	for i := range v.reach {
		clear(v.reach[i])
		s.steps -= len(v.reach[i])
	}
	clear(v.score)
	live := false
	for t := range s.terms {
		term := &s.terms[t]
		s.steps--
		if term.gone {
			continue
		}
		live = true
		worth := float64(term.weight) / float64(int(1)<<min(term.open, 30))
		for i := term.first; i < term.end; i++ {
			c := &s.cuts[i]
			s.steps -= len(c.atoms)
			v.reach[c.axis].union(c.atoms)
			if c.settled {
				continue
			}
			if v.score[c.axis] == 0 || term.open < s.terms[s.cuts[v.best[c.axis]].term].open {
				v.best[c.axis] = i
			}
			v.score[c.axis] += worth
		}
	}
	return live
}

// giveAway narrows every axis with atoms that no live term reaches to these
// atoms. It reports whether a term went with that.
func (s *search) giveAway() bool {
	given := false
	for axis, reach := range s.survey.reach {
		if s.survey.score[axis] == 0 {
			continue
		}
		if free := s.box[axis].less(reach); free.first() >= 0 {
			s.narrow(axis, free, none)
			s.review(axis)
			given = true
		}
	}
	return given
}

// mostTelling weighs, for each axis, the terms that have a say on it: those
// close to deciding and those that closed parts of the search before count
// most. An axis with few atoms left is the cheaper one.
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
