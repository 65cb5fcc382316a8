package selector

import (
	"cmp"
	"iter"
	"maps"
	"slices"
)

// grid is a containment question with the strings taken out: the box of the
// selector, cut along each axis into the few atoms that the grants tell apart,
// and the grants as terms, boxes made of such atoms. The selector is contained
// if and only if the terms cover the grid.
type grid struct {
	axes  []axis // by key
	terms []term // short ones first, no duplicates
}

// term is one grant: the axes on which it is narrower than the selector,
// ascending. On all others it admits whatever the selector does.
type term []cut

// cut is a term's part of one axis, neither empty nor all of it.
type cut struct {
	axis  int
	atoms bitset
}

// sorting is what it takes, in steps, to bring one name or one cut into order.
const sorting = 32

// newGrid expects grants that overlap s and do not contain it. It returns the
// steps that are left; if they are negative, there is no grid.
func newGrid(s Selector, grants []Selector, steps int) (*grid, int) {
	named := map[string][]string{} // by key, what s admits of the grants' values
	for _, grant := range grants {
		for c := range s.narrowedBy(grant) {
			names := keep(c.values, s.on(c.key).hasValue)
			if steps -= sorting * len(names); steps < 0 {
				return nil, steps
			}
			named[c.key] = append(named[c.key], names...)
		}
	}
	g := &grid{}
	index := make(map[string]int, len(named))
	for _, key := range slices.Sorted(maps.Keys(named)) {
		index[key] = len(g.axes)
		g.axes = append(g.axes, newAxis(key, s.on(key), named[key]))
	}
	for _, grant := range grants {
		var t term
		for c := range s.narrowedBy(grant) {
			i := index[c.key]
			if steps -= sorting + words(g.axes[i].size()); steps < 0 {
				return nil, steps
			}
			t = append(t, cut{i, g.axes[i].draw(&c.domain)})
		}
		g.terms = append(g.terms, t)
	}
	slices.SortFunc(g.terms, compareTerms)
	g.terms = slices.CompactFunc(g.terms, func(a, b term) bool { return compareTerms(a, b) == 0 })
	return g, steps
}

// narrowedBy yields the constraints of the grant that s does not imply.
func (s Selector) narrowedBy(grant Selector) iter.Seq[*constraint] {
	return func(yield func(*constraint) bool) {
		for i := range grant.constraints {
			c := &grant.constraints[i]
			if !s.on(c.key).within(&c.domain) && !yield(c) {
				return
			}
		}
	}
}

// compareTerms makes the grid independent of the order of the grants.
func compareTerms(a, b term) int {
	if byLength := cmp.Compare(len(a), len(b)); byLength != 0 {
		return byLength
	}
	return slices.CompareFunc(a, b, func(a, b cut) int {
		return cmp.Or(cmp.Compare(a.axis, b.axis), slices.Compare(a.atoms, b.atoms))
	})
}
