package selector

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// pigeons asks whether that many pigeons, each in one of the holes, always
// meet: each grant covers two certain pigeons meeting in a certain hole. With
// more pigeons than holes they do, and every proof that a search like ours can
// find is long.
func pigeons(t testing.TB, pigeons, holes int) (Selector, []Selector) {
	var names, texts []string
	for h := range holes {
		names = append(names, fmt.Sprintf("h%d", h))
	}
	for p := range pigeons {
		texts = append(texts, fmt.Sprintf("p%d in (%s)", p, strings.Join(names, ",")))
	}
	var grants []Selector
	for p := range pigeons {
		for q := range p {
			for _, hole := range names {
				grants = append(grants, parse(t, fmt.Sprintf("p%d=%s,p%d=%s", q, hole, p, hole)))
			}
		}
	}
	return parse(t, strings.Join(texts, ",")), grants
}

// colouring asks whether each colouring of a random graph has an edge with
// both ends of one colour: each grant covers one edge in one colour. With three
// colours and about 2.3 edges a node, nobody can tell by looking at it.
func colouring(t testing.TB, r *rand.Rand, nodes, edges int) (Selector, []Selector) {
	var texts []string
	for n := range nodes {
		texts = append(texts, fmt.Sprintf("n%d in (blue,green,red)", n))
	}
	var grants []Selector
	for range edges {
		m := r.IntN(nodes)
		n := (m + 1 + r.IntN(nodes-1)) % nodes
		for _, colour := range []string{"blue", "green", "red"} {
			grants = append(grants, parse(t, fmt.Sprintf("n%d=%s,n%d=%s", m, colour, n, colour)))
		}
	}
	return parse(t, strings.Join(texts, ",")), grants
}

// clauses is random 3-SAT: each grant covers what breaks one clause.
func clauses(t testing.TB, r *rand.Rand, variables, count int) (Selector, []Selector) {
	var texts []string
	for v := range variables {
		texts = append(texts, fmt.Sprintf("v%d in (no,yes)", v))
	}
	var grants []Selector
	for range count {
		var literals []string
		for _, v := range r.Perm(variables)[:3] {
			literals = append(literals, fmt.Sprintf("v%d=%s", v, []string{"no", "yes"}[r.IntN(2)]))
		}
		grants = append(grants, parse(t, strings.Join(literals, ",")))
	}
	return parse(t, strings.Join(texts, ",")), grants
}

func TestPigeons(t *testing.T) {
	for holes := 1; holes <= 9; holes++ {
		s, grants := pigeons(t, holes+1, holes)
		if verdict := Contained(s, grants...).Verdict; holes <= 6 {
			require.Equal(t, Inside, verdict, "%d holes", holes)
		} else {
			require.NotEqual(t, NotContained, verdict, "%d holes", holes)
		}
		s, grants = pigeons(t, holes, holes)
		got := Contained(s, grants...)
		require.Equal(t, NotContained, got.Verdict, "%d holes", holes)
		require.Len(t, got.Witness, holes)
	}
}

// TestBudgetIsKept looks at what is spent on questions that are too hard, or
// just about not, by the time they are given up.
func TestBudgetIsKept(t *testing.T) {
	r := seeded(t)
	ask := func(s Selector, grants []Selector) Verdict {
		g, left := newGrid(s, grants, budget)
		require.GreaterOrEqual(t, left, 0)
		search := newSearch(g, left)
		verdict := search.decide()
		require.Greater(t, search.steps, -budget/100, "steps taken after they were used up")
		t.Logf("%v, %d steps left", verdict, search.steps)
		return verdict
	}
	require.Equal(t, TooComplex, ask(pigeons(t, 12, 11)))
	for range 3 {
		ask(colouring(t, r, 500, 500*235/100))
		ask(clauses(t, r, 300, 300*43/10))
	}
}

// A grid that is too large to write down is given up before it is.
func TestHugeGrid(t *testing.T) {
	var grants []Selector
	for i := range 400 {
		var some []string
		for j := range 500 {
			some = append(some, fmt.Sprintf("v%d-%d", i, j))
		}
		grants = append(grants, parse(t, "a in ("+strings.Join(some, ",")+"),b=1"))
	}
	require.Equal(t, Result{}, Contained(parse(t, "a"), grants...))
	require.Equal(t, Inside, Contained(parse(t, "a=v399-499,b=1"), grants...).Verdict)

	for i := range grants {
		grants[i] = parse(t, fmt.Sprintf("a%d!=1,b!=1", i))
	}
	_, left := newGrid(parse(t, "c"), grants, sorting*len(grants)*3)
	require.Negative(t, left)
}

// Parts of a question that have nothing to do with each other must not be
// multiplied: here are graphs that can be coloured in many ways, beside pigeons
// that must meet.
func TestUnrelatedParts(t *testing.T) {
	r := seeded(t)
	var all, grants []Selector
	add := func(prefix string, s Selector, covering []Selector) {
		all = append(all, prefixed(prefix, s))
		for _, grant := range covering {
			grants = append(grants, prefixed(prefix, grant))
		}
	}
	for i := range 10 {
		s, edges := colouring(t, r, 40, 60)
		for Contained(s, edges...).Verdict != NotContained {
			s, edges = colouring(t, r, 40, 60)
		}
		add(fmt.Sprintf("graph-%d.", i), s, edges)
	}
	require.Equal(t, NotContained, Contained(parse(t, join(all)), grants...).Verdict)
	s, meetings := pigeons(t, 6, 5)
	add("pigeons.", s, meetings)
	require.Equal(t, Inside, Contained(parse(t, join(all)), grants...).Verdict)
}

// prefixed returns the selector with other keys.
func prefixed(prefix string, s Selector) Selector {
	renamed := Selector{satisfiable: s.satisfiable}
	for _, c := range s.constraints {
		renamed.constraints = append(renamed.constraints, constraint{prefix + c.key, c.domain})
	}
	return renamed
}

// join returns the text of the AND of the selectors.
func join(all []Selector) string {
	var texts []string
	for _, s := range all {
		texts = append(texts, s.String())
	}
	return strings.Join(texts, ",")
}

// Sizes that are large but not hard.
func TestWide(t *testing.T) {
	values := make([]string, 1_000)
	grants := make([]Selector, len(values))
	for i := range values {
		values[i] = fmt.Sprintf("v%d", i)
		grants[i] = parse(t, "env="+values[i])
	}
	s := parse(t, "env in ("+strings.Join(values, ",")+")")
	require.Equal(t, Inside, Contained(s, grants...).Verdict)
	got := Contained(s, append(grants[:499:499], grants[500:]...)...)
	require.Equal(t, Result{NotContained, map[string]string{"env": "v499"}}, got)
	except := parse(t, "env notin ("+strings.Join(values, ",")+")")
	require.Equal(t, Inside, Contained(parse(t, "a=1"), append(grants, except)...).Verdict)
}
