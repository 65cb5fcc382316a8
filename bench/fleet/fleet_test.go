package fleet_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/bench/fleet"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
)

func TestFleetGrantsWhatItSays(t *testing.T) {
	f := fleet.Fleet{Tenants: 3, Namespaces: 2, Clusters: 4}
	snap, err := f.Compile()
	require.NoError(t, err)
	for tenant := range f.Tenants {
		for n := range f.Namespaces {
			ask := policy.Ask{Verb: "get", Resource: "pods", Namespace: fleet.Namespace(tenant, n), Name: "x"}
			require.NotNil(t, snap.Find(fleet.User(tenant), &ask))
			require.Nil(t, snap.Find(fleet.User(tenant+1), &ask), "a tenant holds nothing in a neighbour's namespace")
		}
	}
}

func TestWriteReadsBack(t *testing.T) {
	f := fleet.Fleet{Tenants: 600, Clusters: 501} // more than a file of each
	dir := t.TempDir()
	require.NoError(t, f.Write(dir))
	bundle, err := load.NewReader(dir).Read()
	require.NoError(t, err)
	require.Empty(t, bundle.Problems)
	require.Equal(t, f.Objects(), bundle.Objects.Len())
}
