package selector

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDomainLaws holds every operation against the sets of atoms that the
// domains stand for: absent, three values, and one that nobody lists.
func TestDomainLaws(t *testing.T) {
	names := []string{"a", "b", "c"}
	type pair struct {
		domain
		atoms int
	}
	var all []pair
	for atoms := range 1 << 5 {
		d := domain{absent: atoms&1 != 0, except: atoms&2 != 0}
		for i, name := range names {
			if in := atoms&(4<<i) != 0; in != d.except {
				d.values = append(d.values, name)
			}
		}
		all = append(all, pair{d, atoms})
	}
	for _, a := range all {
		require.Equal(t, a.atoms == 0, a.empty())
		require.Equal(t, a.atoms&2 != 0, a.hasValue("other"))
		for i, name := range names {
			require.Equal(t, a.atoms&(4<<i) != 0, a.hasValue(name))
		}
		for _, b := range all {
			require.Equal(t, a.atoms&^b.atoms == 0, a.within(&b.domain), "%+v within %+v", a, b)
			require.Equal(t, a.atoms&b.atoms == 0, a.disjoint(&b.domain), "%+v disjoint %+v", a, b)
			require.Equal(t, all[a.atoms&b.atoms].domain, a.intersect(b.domain), "%+v and %+v", a, b)
		}
	}
}
