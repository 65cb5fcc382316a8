package selector

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation"
)

// universe is all label sets over a few keys and values, with one value that
// no selector names: as far as these selectors can tell, there are no others.
type universe []labels.Set

func newUniverse(keys, values []string) universe {
	all := universe{{}}
	for _, key := range keys {
		for _, set := range all {
			for _, value := range append(values, "unnamed") {
				all = append(all, labels.Merge(set, labels.Set{key: value}))
			}
		}
	}
	return all
}

// member is a selector with the points of the universe that it matches,
// according to apimachinery.
type member struct {
	Selector
	points   bitset
	upstream labels.Selector
}

// read expects text that apimachinery reads the same way: no text is
// everything.
func (u universe) read(t testing.TB, text string) member {
	upstream, err := labels.Parse(text)
	require.NoError(t, err)
	reqs, _ := upstream.Requirements()
	s, err := FromRequirements(reqs)
	require.NoError(t, err)
	m := member{s, make(bitset, words(len(u))), upstream}
	for i, set := range u {
		if upstream.Matches(set) {
			m.points.add(i)
		}
		require.Equal(t, upstream.Matches(set), s.Matches(set), "%s against %v", text, set)
	}
	require.Equal(t, m.points.first() < 0, s.Nothing(), text)
	return m
}

// check compares the answer to one question with the points.
func check(t testing.TB, s member, grants ...member) Verdict {
	selectors := make([]Selector, len(grants))
	left := append(bitset(nil), s.points...)
	for i, grant := range grants {
		selectors[i] = grant.Selector
		for w := range left {
			left[w] &^= grant.points[w]
		}
	}
	want := Inside
	if left.first() >= 0 {
		want = NotContained
	}
	got := Contained(s.Selector, selectors...)
	if got.Verdict != want || (want == NotContained) != (got.Witness != nil) {
		require.Failf(t, "wrong verdict", "%s in %s: got %v, want %s", s.Selector, selectors, got, want)
	}
	if want == NotContained {
		checkWitness(t, got.Witness, s, grants)
	}
	return want
}

func checkWitness(t testing.TB, witness labels.Set, s member, grants []member) {
	ok := s.upstream.Matches(witness)
	for _, grant := range grants {
		ok = ok && !grant.upstream.Matches(witness)
	}
	for _, value := range witness {
		ok = ok && validation.IsValidLabelValue(value) == nil
	}
	if !ok {
		require.Failf(t, "no witness", "%v for %s in %v", witness, s.Selector, grants)
	}
}

// shapes is everything that can be said of a key with these values.
func shapes(key string, values ...string) []string {
	texts := []string{"", key, "!" + key}
	for subset := 1; subset < 1<<len(values); subset++ {
		var some []string
		for i, value := range values {
			if subset&(1<<i) != 0 {
				some = append(some, value)
			}
		}
		list := "(" + strings.Join(some, ",") + ")"
		texts = append(texts, key+" in "+list, key+" notin "+list, key+","+key+" notin "+list)
	}
	return texts
}

// TestExhaustive asks every question with two keys of two values and up to
// two grants.
func TestExhaustive(t *testing.T) {
	u := newUniverse([]string{"a", "b"}, []string{"1", "2"})
	var all []member
	for _, a := range shapes("a", "1", "2") {
		for _, b := range shapes("b", "1", "2") {
			all = append(all, u.read(t, strings.Trim(a+","+b, ",")))
		}
	}
	require.Len(t, all, 144)
	stride := 1
	if testing.Short() || raced {
		stride = 13
	}
	for i, s := range all {
		for j, first := range all {
			for k := j; k < len(all); k += 1 + (i+j+k)%stride {
				check(t, s, first, all[k])
			}
		}
	}
}

// TestExhaustiveOneKey asks every question with one key of three values and
// up to three grants.
func TestExhaustiveOneKey(t *testing.T) {
	u := newUniverse([]string{"a"}, []string{"1", "2", "3"})
	var all []member
	for _, a := range shapes("a", "1", "2", "3") {
		all = append(all, u.read(t, a))
	}
	for _, s := range all {
		for _, first := range all {
			for _, second := range all {
				for _, third := range all {
					check(t, s, first, second, third)
				}
			}
		}
	}
}

// TestRandom asks a million questions about unions of up to eight grants over
// four keys.
func TestRandom(t *testing.T) {
	r := seeded(t)
	cases, pools := 1_000_000, 20
	if testing.Short() || raced {
		cases = 50_000
	}
	seen := map[Verdict]int{}
	for range pools {
		pool := randomPool(t, r, 200)
		grants := make([]member, 0, 8)
		for range cases / pools {
			grants = grants[:0]
			for range r.IntN(cap(grants) + 1) {
				grants = append(grants, pool[r.IntN(len(pool))])
			}
			seen[check(t, pool[r.IntN(len(pool))], grants...)]++
		}
	}
	t.Logf("%v", seen)
	require.Greater(t, min(seen[Inside], seen[NotContained]), cases/10, "too few of one kind to mean much")
}

// randomPool returns selectors that say little each, so that unions of them
// cover one another often enough.
func randomPool(t testing.TB, r *rand.Rand, size int) []member {
	keys := []string{"a", "b", "c", "d"}
	u := newUniverse(keys, []string{"1", "2"})
	pool := make([]member, size)
	for i := range pool {
		var texts []string
		for _, key := range keys {
			if all := shapes(key, "1", "2"); r.IntN(2) == 0 {
				texts = append(texts, all[1+r.IntN(len(all)-1)])
			}
		}
		pool[i] = u.read(t, strings.Join(texts, ","))
	}
	return pool
}

// seeded returns a source of randomness whose seed is in the log.
func seeded(t testing.TB) *rand.Rand {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// TestOrderDoesNotMatter shuffles the grants, and repeats some.
func TestOrderDoesNotMatter(t *testing.T) {
	r := seeded(t)
	pool := randomPool(t, r, 200)
	for range 2_000 {
		s := pool[r.IntN(len(pool))].Selector
		var grants []Selector
		for range r.IntN(10) {
			grants = append(grants, pool[r.IntN(len(pool))].Selector)
		}
		want := Contained(s, grants...)
		for range 3 {
			if len(grants) > 0 {
				grants = append(grants, grants[r.IntN(len(grants))])
			}
			r.Shuffle(len(grants), func(i, j int) { grants[i], grants[j] = grants[j], grants[i] })
			require.Equal(t, want, Contained(s, grants...), fmt.Sprint(s, " in ", grants))
		}
	}
}
