package selector

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/crillab/gophersat/solver"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/labels"
)

// bySAT decides containment with a SAT solver. Each key has one variable for
// being absent, one for each value that anybody names and one for the others;
// exactly one holds. A model is a label set that s matches and no grant does.
func bySAT(s Selector, grants []Selector) Verdict {
	if s.Nothing() {
		return Inside
	}
	variables := map[string][]string{} // the values of a key
	for _, each := range append([]Selector{s}, grants...) {
		for _, c := range each.constraints {
			variables[c.key] = append(variables[c.key], c.values...)
		}
	}
	first, count := map[string]int{}, 0
	var cnf [][]int
	for key, values := range variables {
		variables[key] = sorted(values)
		first[key] = count + 1
		n := len(variables[key]) + 2
		count += n
		var one []int
		for i := range n {
			one = append(one, first[key]+i)
			for j := range i {
				cnf = append(cnf, []int{-first[key] - i, -first[key] - j})
			}
		}
		cnf = append(cnf, one)
	}
	// outside lists the variables of a key that a domain does not admit.
	outside := func(key string, d domain) (vars []int) {
		if !d.absent {
			vars = append(vars, first[key])
		}
		if !d.except {
			vars = append(vars, first[key]+1)
		}
		for i, value := range variables[key] {
			if !d.hasValue(value) {
				vars = append(vars, first[key]+2+i)
			}
		}
		return vars
	}
	for _, c := range s.constraints {
		for _, v := range outside(c.key, c.domain) {
			cnf = append(cnf, []int{-v})
		}
	}
	for _, grant := range grants {
		var escape []int
		for _, c := range grant.constraints {
			escape = append(escape, outside(c.key, c.domain)...)
		}
		switch {
		case grant.Nothing():
		case len(escape) == 0:
			return Inside
		default:
			cnf = append(cnf, escape)
		}
	}
	if len(cnf) == 0 || solver.New(solver.ParseSlice(cnf)).Solve() == solver.Sat {
		return NotContained
	}
	return Inside
}

// wide returns a random selector over many keys and values.
func wide(t testing.TB, r *rand.Rand, keys, values, terms int) Selector {
	var texts []string
	for range terms {
		key := fmt.Sprintf("k%d", r.IntN(keys))
		var some []string
		for range 1 + r.IntN(values) {
			some = append(some, fmt.Sprintf("v%d", r.IntN(values)))
		}
		list := "(" + strings.Join(some, ",") + ")"
		switch r.IntN(8) {
		case 0:
			texts = append(texts, key)
		case 1:
			texts = append(texts, "!"+key)
		case 2, 3, 4:
			texts = append(texts, key+" notin "+list)
		default:
			texts = append(texts, key+" in "+list)
		}
	}
	return parse(t, strings.Join(texts, ","))
}

func TestAgainstSAT(t *testing.T) {
	r := seeded(t)
	cases := 10_000
	if testing.Short() || raced {
		cases = 1_000
	}
	seen := map[Verdict]int{}
	for range cases {
		keys, values := 1+r.IntN(8), 1+r.IntN(5)
		s := wide(t, r, keys, values, 1+r.IntN(3))
		var grants []Selector
		for range r.IntN(60) {
			grants = append(grants, wide(t, r, keys, values, 1+r.IntN(4)))
		}
		want := bySAT(s, grants)
		require.Equal(t, want, Contained(s, grants...).Verdict, "%s in %s", s, grants)
		seen[want]++
	}
	t.Logf("%v", seen)
	require.Greater(t, min(seen[Inside], seen[NotContained]), cases/10)
}

func TestHardAgainstSAT(t *testing.T) {
	r := seeded(t)
	ask := func(s Selector, grants []Selector) {
		require.Equal(t, bySAT(s, grants), Contained(s, grants...).Verdict, "%s in %s", s, grants)
	}
	for range 20 {
		ask(colouring(t, r, 30, 30*(200+r.IntN(80))/100))
		ask(clauses(t, r, 30, 30*(35+r.IntN(20))/10))
	}
	for holes := 2; holes <= 5; holes++ {
		ask(pigeons(t, holes+1, holes))
	}
}

// TestSampling draws label sets and asks apimachinery's matcher about each of
// them: it must agree with ours, and nothing may get away from a selector that
// is said to be contained.
func TestSampling(t *testing.T) {
	r := seeded(t)
	for range 1_000 {
		keys, values := 1+r.IntN(4), 1+r.IntN(4)
		s := wide(t, r, keys, values, 1+r.IntN(3))
		theirs := upstream(t, s)
		var grants []Selector
		var theirGrants []labels.Selector
		for range 1 + r.IntN(12) {
			grant := wide(t, r, keys, values, 1+r.IntN(2))
			grants, theirGrants = append(grants, grant), append(theirGrants, upstream(t, grant))
		}
		contained := Contained(s, grants...).Verdict == Inside
		for range 100 {
			set := randomSet(r, keys, values)
			granted := false
			for i, grant := range grants {
				matches := theirGrants[i].Matches(set)
				if matches != grant.Matches(set) {
					require.Failf(t, "matchers differ", "%s against %s", grant, set)
				}
				granted = granted || matches
			}
			if contained && !granted && theirs.Matches(set) {
				require.Failf(t, "not contained", "%s in %s: %s", s, grants, set)
			}
		}
	}
}

// randomSet draws labels that wide selectors may speak of, with one more value.
func randomSet(r *rand.Rand, keys, values int) labels.Set {
	set := labels.Set{}
	for k := range keys {
		if v := r.IntN(values + 2); v <= values {
			set[fmt.Sprintf("k%d", k)] = fmt.Sprintf("v%d", v)
		}
	}
	return set
}

// upstream returns what apimachinery makes of our own text of a selector.
func upstream(t testing.TB, s Selector) labels.Selector {
	if s.Nothing() {
		return labels.Nothing()
	}
	parsed, err := labels.Parse(s.String())
	require.NoError(t, err)
	return parsed
}
