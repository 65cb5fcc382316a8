package authorizer_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
)

// universe is every label set over the owner labels and one other key, with values that mean something and one that
// stands for all the rest.
func universe() []labels.Set {
	sets := []labels.Set{{}}
	for _, key := range []string{account, namespace, adminName, "other"} {
		for _, set := range sets {
			for _, value := range []string{"foo", "default", "old", "else"} {
				sets = append(sets, labels.Merge(set, labels.Set{key: value}))
			}
		}
	}
	return sets
}

// A request may list exactly if whatever its selector can match carries the tenant's labels. Both directions are tried
// on every label set of a small universe.
func TestListIsAllowedExactlyIfItsSelectorImpliesTheOwnerLabels(t *testing.T) {
	authz := managing(t, management)
	mine := map[string]func(labels.Set) bool{
		"system:serviceaccount:default:foo": func(l labels.Set) bool { return l[account] == "foo" && l[namespace] == "default" },
		"old": func(l labels.Set) bool {
			return l[account] == "old" && l[namespace] == "default" || l[adminName] == "old"
		},
	}
	all := universe()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	allowed := 0
	for range 3000 {
		reqs := randomRequirements(t, r)
		selector := labels.NewSelector().Add(reqs...)
		for username, isMine := range mine {
			want := true
			for _, set := range all {
				want = want && (!selector.Matches(set) || isMine(set))
			}
			verb := []string{"list", "watch", "deletecollection"}[r.IntN(3)]
			require.Equal(t, want, allows(t, authz, onProfiles(username, verb, "", reqs...)), "%s: %s -l %s", username, verb, selector)
			if want {
				allowed++
			}
		}
	}
	require.Greater(t, allowed, 100)
}

func randomRequirements(t *testing.T, r *rand.Rand) labels.Requirements {
	t.Helper()
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	var reqs labels.Requirements
	for range r.IntN(4) {
		op := []selection.Operator{selection.In, selection.Equals, selection.Equals, selection.NotIn, selection.Exists, selection.DoesNotExist}[r.IntN(6)]
		var values []string
		switch op {
		case selection.Equals:
			values = []string{pick("foo", "default", "old")}
		case selection.In, selection.NotIn:
			values = []string{pick("foo", "default", "old"), pick("foo", "default", "old")}
		default: // the others have no values
		}
		req, err := labels.NewRequirement(pick(account, account, namespace, namespace, adminName, "other"), op, values)
		require.NoError(t, err)
		reqs = append(reqs, *req)
	}
	return reqs
}
