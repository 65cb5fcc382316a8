package ovirt

import (
	"iter"
	"math/bits"
)

// ActionGroup is one thing that a role may allow. It prints as the engine names it: CREATE_VM.
//
// Upstream: ActionGroup.
type ActionGroup uint8

func (g ActionGroup) String() string { return groupTable[g].name }

// Type is the lowest type of role that may hold the group: an Admin group cannot go into a custom User role. Eleven
// predefined User roles hold some nevertheless.
func (g ActionGroup) Type() RoleType { return groupTable[g].typ }

// Note says what of the group does not carry over to Kubernetes; empty: all of it does.
func (g ActionGroup) Note() string { return groupTable[g].note }

var groupsByName = func() map[string]ActionGroup {
	m := map[string]ActionGroup{}
	for g := range AllGroups.All() {
		m[g.String()] = g
	}
	return m
}()

// GroupByName finds one of the engine's action groups.
func GroupByName(name string) (ActionGroup, bool) {
	g, ok := groupsByName[name]
	return g, ok
}

// Groups is a set of action groups.
type Groups [2]uint64

// AllGroups are the engine's 99 action groups.
var AllGroups = func() Groups {
	var all Groups
	for g := CreateVM; g < ViewObject; g++ {
		all = all.With(g)
	}
	return all
}()

// With is the set with some groups more.
func (s Groups) With(groups ...ActionGroup) Groups {
	for _, g := range groups {
		s[g/64] |= 1 << (g % 64)
	}
	return s
}

// Minus is the set without what the other has.
func (s Groups) Minus(t Groups) Groups { return Groups{s[0] &^ t[0], s[1] &^ t[1]} }

// Has says whether a group is in the set.
func (s Groups) Has(g ActionGroup) bool { return s[g/64]&(1<<(g%64)) != 0 }

// Union is what either set has.
func (s Groups) Union(t Groups) Groups { return Groups{s[0] | t[0], s[1] | t[1]} }

// Contains says whether the set has everything that the other has.
func (s Groups) Contains(t Groups) bool { return t[0]&^s[0] == 0 && t[1]&^s[1] == 0 }

// Len is how many groups are in the set.
func (s Groups) Len() int { return bits.OnesCount64(s[0]) + bits.OnesCount64(s[1]) }

// All yields the groups in the engine's order.
func (s Groups) All() iter.Seq[ActionGroup] {
	return func(yield func(ActionGroup) bool) {
		for g := CreateVM; g < groupEnd; g++ {
			if s.Has(g) && !yield(g) {
				return
			}
		}
	}
}
