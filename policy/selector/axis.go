package selector

import (
	"fmt"
	"slices"
)

// axis is a key on which some grant is narrower than the selector. Its atoms
// are numbered in the order in which a witness should use them: the key being
// absent, then all values that no grant names, then each named value.
type axis struct {
	key    string
	absent bool     // there is an atom for the absent key
	rest   bool     // there is an atom for the values that no grant names
	other  string   // one of these values
	named  []string // what the selector admits of the grants' values, sorted
}

// newAxis cuts up what the selector admits for a key. The names are those of
// its values that grants name.
func newAxis(key string, admitted *domain, names []string) axis {
	a := axis{key: key, absent: admitted.absent, named: sorted(names)}
	if admitted.except {
		a.rest, a.other = true, invent(sorted(slices.Concat(admitted.values, a.named)))
		return a
	}
	for _, value := range admitted.values {
		if _, found := slices.BinarySearch(a.named, value); !found {
			a.rest, a.other = true, value
			break
		}
	}
	return a
}

// offset is the number of the first named value's atom.
func (a *axis) offset() int {
	n := 0
	if a.absent {
		n++
	}
	if a.rest {
		n++
	}
	return n
}

func (a *axis) size() int { return a.offset() + len(a.named) }

// draw returns the atoms that a grant admits.
func (a *axis) draw(admitted *domain) bitset {
	listed := make(bitset, words(a.size()))
	for _, value := range admitted.values {
		if i, found := slices.BinarySearch(a.named, value); found {
			listed.add(a.offset() + i)
		}
	}
	if a.absent && admitted.absent == !admitted.except {
		listed.add(0)
	}
	if admitted.except {
		return full(a.size()).less(listed)
	}
	return listed
}

// label returns the value that an atom stands for, or false for the absent
// key.
func (a *axis) label(atom int) (string, bool) {
	if a.absent && atom == 0 {
		return "", false
	}
	if named := atom - a.offset(); named >= 0 {
		return a.named[named], true
	}
	return a.other, true
}

// invent makes up a label value that is not among the taken ones, which are
// sorted.
func invent(taken []string) string {
	value := "other"
	for n := 2; ; n++ {
		if _, found := slices.BinarySearch(taken, value); !found {
			return value
		}
		value = fmt.Sprintf("other-%d", n)
	}
}
