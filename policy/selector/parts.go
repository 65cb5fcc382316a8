package selector

import (
	"cmp"
	"slices"
)

// parts splits a grid into grids that have no axis in common, small ones
// first. The terms cover the grid if and only if those of one part cover that
// part: points that get away in each part make one that gets away altogether.
//
// Without this, the ways to get away in one part would be gone through for
// each of the ways in another.
func (g *grid) parts() []*grid {
	groups := newGroups(len(g.axes))
	for _, t := range g.terms {
		for _, c := range t[1:] {
			groups.join(t[0].axis, c.axis)
		}
	}
	byGroup := make([]*grid, len(g.axes))
	renumbered := make([]int, len(g.axes))
	var parts []*grid
	for i, a := range g.axes {
		group := groups.of(i)
		if byGroup[group] == nil {
			byGroup[group] = &grid{}
			parts = append(parts, byGroup[group])
		}
		renumbered[i] = len(byGroup[group].axes)
		byGroup[group].axes = append(byGroup[group].axes, a)
	}
	for _, t := range g.terms {
		part := byGroup[groups.of(t[0].axis)]
		for i := range t {
			t[i].axis = renumbered[t[i].axis]
		}
		part.terms = append(part.terms, t)
	}
	slices.SortStableFunc(parts, func(a, b *grid) int { return cmp.Compare(len(a.terms), len(b.terms)) })
	return parts
}

// groups are disjoint sets of small numbers: each number points at another one
// of its group, and one of them at itself.
type groups []int

func newGroups(n int) groups {
	g := make(groups, n)
	for i := range g {
		g[i] = i
	}
	return g
}

// of returns the number that stands for a number's group. It shortens the way
// there for the next time.
func (g groups) of(i int) int {
	for g[i] != i {
		g[i] = g[g[i]]
		i = g[i]
	}
	return i
}

func (g groups) join(i, j int) { g[g.of(i)] = g.of(j) }
