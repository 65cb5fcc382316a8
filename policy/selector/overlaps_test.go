package selector_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy/selector"
)

// Two selectors overlap when some label set is matched by both. All label sets over two keys and three values are tried,
// one of which no selector names.
func TestOverlaps(t *testing.T) {
	texts := []string{"", "a=x", "a!=x", "a", "!a", "a in (x,y)", "a notin (x,y)", "a=x,a=y", "b=x", "b!=y", "!b,a", "a=x,b=y", "a!=x,b notin (x)", "a,b"}
	var sets []map[string]string
	for _, a := range []string{"", "x", "y", "other"} {
		for _, b := range []string{"", "x", "y", "other"} {
			set := map[string]string{}
			if a != "" {
				set["a"] = a
			}
			if b != "" {
				set["b"] = b
			}
			sets = append(sets, set)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, first := range texts {
		for _, second := range texts {
			s, err := selector.Parse(first)
			require.NoError(t, err)
			o, err := selector.Parse(second)
			require.NoError(t, err)
			both := false
			for _, i := range r.Perm(len(sets)) {
				both = both || s.Matches(sets[i]) && o.Matches(sets[i])
			}
			require.Equal(t, both, s.Overlaps(o), "%q and %q", first, second)
		}
	}
}
