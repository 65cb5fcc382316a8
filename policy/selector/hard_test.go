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

// TestBudgetIsKept asks questions that are far too hard and looks at what was
// spent on them before they were given up.
func TestBudgetIsKept(t *testing.T) {
	r := seeded(t)
	ask := func(s Selector, grants []Selector) {
		g, left := newGrid(s, grants, budget)
		require.GreaterOrEqual(t, left, 0)
		search := newSearch(g, left)
		verdict, _ := search.decide()
		require.Equal(t, TooComplex, verdict)
		require.Greater(t, search.steps, -budget/100, "steps taken after they were used up")
	}
	ask(pigeons(t, 12, 11))
	ask(colouring(t, r, 500, 500*235/100))
	ask(clauses(t, r, 300, 300*43/10))
}

// Parts of a question that have nothing to do with each other must not be
// multiplied: here, many small questions with many answers each come before
// the one that decides.
func TestUnrelatedParts(t *testing.T) {
	var texts []string
	var grants []Selector
	part := func(name string, covered bool) {
		x, y := name+"x", name+"y"
		texts = append(texts, x+" in (1,2,3)", y+" in (1,2,3)")
		for i := range 9 {
			if i != 4 || covered {
				grants = append(grants, parse(t, fmt.Sprintf("%s=%d,%s=%d", x, i/3+1, y, i%3+1)))
			}
		}
	}
	for i := range 40 {
		part(fmt.Sprintf("p%d", i), false)
	}
	s := parse(t, strings.Join(texts, ","))
	require.Equal(t, NotContained, Contained(s, grants...).Verdict)
	part("z", true)
	s = parse(t, strings.Join(texts, ","))
	require.Equal(t, Inside, Contained(s, grants...).Verdict)
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
