package policy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/bench/fleet"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
)

// tenThousand objects: 4,000 RoleRequests with their ConfigMaps, and 2,000 clusters.
var tenThousand = fleet.Fleet{Tenants: 4_000, Clusters: 1_999}

// BenchmarkCompile10k is promised to take at most 250 ms.
func BenchmarkCompile10k(b *testing.B) {
	objs, err := tenThousand.Read()
	require.NoError(b, err)
	require.Equal(b, 10_000, objs.Len())
	b.ReportAllocs()
	for b.Loop() {
		if _, problems := policy.Compile(objs, fleet.Options()); len(problems) > 0 {
			b.Fatal(problems[0])
		}
	}
}

// BenchmarkLoad10k reads the same objects from files, which comes before each compilation when files have changed.
func BenchmarkLoad10k(b *testing.B) {
	dir := b.TempDir()
	require.NoError(b, tenThousand.Write(dir))
	b.ReportAllocs()
	for b.Loop() {
		bundle, err := load.NewReader(dir).Read()
		if err != nil || len(bundle.Problems) > 0 {
			b.Fatal(err, bundle)
		}
	}
}
