package selector

import (
	"fmt"
	"slices"
)

// Verdict is the answer to a containment question.
type Verdict uint8

const (
	// TooComplex means that the question was not decided within the budget.
	// It must be treated like NotContained. It is the zero value, so that a
	// Result that nobody filled in allows nothing.
	TooComplex Verdict = iota
	// NotContained means that some label set is matched by the selector and by
	// no grant.
	NotContained
	// Inside means contained: whatever the selector matches is matched by a
	// grant.
	Inside
)

// String returns the verdict in words.
func (v Verdict) String() string {
	switch v {
	case Inside:
		return "contained"
	case NotContained:
		return "not contained"
	case TooComplex:
		return "too complex"
	}
	return fmt.Sprintf("Verdict(%d)", uint8(v))
}

// Result is a verdict and, for NotContained, its proof.
type Result struct {
	Verdict Verdict
	// Witness is a label set that the selector matches and no grant does. It
	// is set if and only if the verdict is NotContained, and may be empty: a
	// selector can match objects without labels.
	Witness map[string]string
}

// budget is the number of steps, each about one machine word of one set
// operation, that a question may take. Deciding containment in a union is
// coNP-complete, so there has to be some limit. This one is spent in 10 to 30 ms
// on a machine of 2025; a thousand ordinary grants take a fortieth of it.
const budget = 4 << 20

// Contained decides whether every label set that s matches is matched by at
// least one of the grants. A selector that matches nothing is contained in
// anything, no grant included; ask Nothing first where that matters.
//
// The verdict and the witness do not depend on the order of the grants.
func Contained(s Selector, grants ...Selector) Result {
	return decide(s, grants, budget)
}

func decide(s Selector, grants []Selector, steps int) Result {
	if s.Nothing() {
		return Result{Verdict: Inside}
	}
	for i := range grants {
		if s.inside(&grants[i]) {
			return Result{Verdict: Inside}
		}
	}
	var overlapping []Selector
	for i := range grants {
		if s.touches(&grants[i]) {
			overlapping = append(overlapping, grants[i])
		}
	}
	g, left := newGrid(s, overlapping, steps)
	if left < 0 {
		return Result{Verdict: TooComplex}
	}
	witness := s.example()
	for _, part := range g.parts() {
		search := newSearch(part, left)
		if verdict := search.decide(); verdict != NotContained {
			return Result{Verdict: verdict}
		}
		search.label(witness, search.point())
		left = search.steps
	}
	return refusal(s, grants, witness)
}

// refusal checks a witness against the selectors as they were given before
// anybody is told about it.
func refusal(s Selector, grants []Selector, witness map[string]string) Result {
	matches := func(grant Selector) bool { return grant.Matches(witness) }
	if !s.Matches(witness) || slices.ContainsFunc(grants, matches) {
		return Result{Verdict: TooComplex}
	}
	return Result{Verdict: NotContained, Witness: witness}
}

// inside reports whether the grant alone admits whatever s does.
func (s *Selector) inside(grant *Selector) bool {
	for i := range grant.constraints {
		c := &grant.constraints[i]
		if !s.on(c.key).within(&c.domain) {
			return false
		}
	}
	return grant.satisfiable
}

// touches reports whether some label set is matched by both.
func (s *Selector) touches(grant *Selector) bool {
	for i := range grant.constraints {
		c := &grant.constraints[i]
		if s.on(c.key).disjoint(&c.domain) {
			return false
		}
	}
	return grant.satisfiable
}
