package selector

import "math/bits"

// bitset is a set of small numbers. The sets of one operation have the same
// length.
type bitset []uint64

// words is the length of a bitset for the numbers 0 to n-1.
func words(n int) int { return (n + 63) / 64 }

func (b bitset) add(i int)      { b[i/64] |= 1 << (i % 64) }
func (b bitset) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }

// full returns the set of the numbers 0 to n-1.
func full(n int) bitset {
	b := make(bitset, words(n))
	for i := range b {
		b[i] = ^uint64(0)
	}
	if n%64 != 0 {
		b[len(b)-1] = 1<<(n%64) - 1
	}
	return b
}

// union adds the members of other.
func (b bitset) union(other bitset) {
	for i, word := range other {
		b[i] |= word
	}
}

// and returns the members that are in other too.
func (b bitset) and(other bitset) bitset {
	both := make(bitset, len(b))
	for i, word := range b {
		both[i] = word & other[i]
	}
	return both
}

// less returns the members that are not in other.
func (b bitset) less(other bitset) bitset {
	rest := make(bitset, len(b))
	for i, word := range b {
		rest[i] = word &^ other[i]
	}
	return rest
}

// split reports whether b has members inside other and members outside it.
func (b bitset) split(other bitset) (in, out bool) {
	var ins, outs uint64
	for i, word := range b {
		ins |= word & other[i]
		outs |= word &^ other[i]
	}
	return ins != 0, outs != 0
}

func (b bitset) count() int {
	n := 0
	for _, word := range b {
		n += bits.OnesCount64(word)
	}
	return n
}

// first returns the smallest member, or -1 if there is none.
func (b bitset) first() int {
	for i, word := range b {
		if word != 0 {
			return i*64 + bits.TrailingZeros64(word)
		}
	}
	return -1
}
