package selector

// point returns an uncovered point, one atom per axis, after decide has found
// that there is one. It names few keys: those that may be absent are, unless
// that would make a term cover the point.
func (s *search) point() []int {
	point := make([]int, len(s.axes))
	for axis := range s.axes {
		point[axis] = s.box[axis].first()
	}
	for axis := range s.axes {
		if !s.axes[axis].absent || point[axis] == 0 || s.steps < 0 {
			continue
		}
		present := point[axis]
		point[axis] = 0
		if s.covers(point, axis) {
			point[axis] = present
		}
	}
	return point
}

// covers reports whether a term that has a say on the axis covers the point.
func (s *search) covers(point []int, axis int) bool {
	for _, i := range s.onAxis[axis] {
		t := s.terms[s.cuts[i].term]
		s.steps -= int(t.end - t.first)
		if holds(s.cuts[t.first:t.end], point) {
			return true
		}
	}
	return false
}

func holds(cuts []placed, point []int) bool {
	for _, c := range cuts {
		if !c.atoms.has(point[c.axis]) {
			return false
		}
	}
	return true
}

// example returns a label set that s matches: the keys that it does not let
// be absent, with the first value that it names or one made up.
func (s Selector) example() map[string]string {
	set := map[string]string{}
	for i := range s.constraints {
		c := &s.constraints[i]
		switch {
		case c.absent:
		case c.except:
			set[c.key] = invent(c.values)
		default:
			set[c.key] = c.values[0]
		}
	}
	return set
}

// label writes a point into a label set.
func (s *search) label(set map[string]string, point []int) {
	for i := range s.axes {
		if value, present := s.axes[i].label(point[i]); present {
			set[s.axes[i].key] = value
		}
	}
}
