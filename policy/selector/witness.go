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
		if s.covers(axis, point) {
			point[axis] = present
		}
	}
	return point
}

// covers reports whether one of the terms that have a say on the axis covers
// the point.
func (s *search) covers(axis int, point []int) bool {
	for _, i := range s.onAxis[axis] {
		t := s.terms[s.cuts[i].term]
		s.steps -= int(t.end - t.first)
		if s.holds(t, point) {
			return true
		}
	}
	return false
}

func (s *search) holds(t counted, point []int) bool {
	for _, c := range s.cuts[t.first:t.end] {
		if !c.atoms.has(point[c.axis]) {
			return false
		}
	}
	return true
}

// labels spells out a point. Keys that no grant has a say on get the first
// value that the selector names, or else one made up.
func (s Selector) labels(g *grid, point []int) map[string]string {
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
	for i := range g.axes {
		if value, present := g.axes[i].label(point[i]); present {
			set[g.axes[i].key] = value
		} else {
			delete(set, g.axes[i].key)
		}
	}
	return set
}
