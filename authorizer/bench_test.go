package authorizer_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	kauthorizer "k8s.io/apiserver/pkg/authorization/authorizer"

	"github.com/bailiwick-dev/bailiwick/authorizer"
	"github.com/bailiwick-dev/bailiwick/bench/fleet"
	"github.com/bailiwick-dev/bailiwick/policy"
)

// maxAllocs is promised for one decision.
const maxAllocs = 2

// questions are asked by tenant 0, whatever others hold.
var questions = []struct {
	name      string
	namespace string
	want      kauthorizer.Decision
}{
	{"hit", fleet.Namespace(0, 0), kauthorizer.DecisionAllow},
	{"miss", "kube-system", kauthorizer.DecisionNoOpinion},
}

// BenchmarkTenants is promised to take at most 1 µs, and the same time for one tenant as for 10,000 others and for
// 10,000 namespaces of his own.
func BenchmarkTenants(b *testing.B) {
	for _, f := range []fleet.Fleet{{Tenants: 1}, {Tenants: 100}, {Tenants: 10_000}, {Tenants: 1, Namespaces: 10_000}} {
		tenants := authorizer.Tenants(holder(b, f))
		for _, q := range questions {
			b.Run(fmt.Sprintf("%s/tenants=%d/namespaces=%d", q.name, f.Tenants, max(1, f.Namespaces)), func(b *testing.B) {
				decide(b, tenants, fleet.Request(0, q.namespace), q.want)
			})
		}
	}
}

// BenchmarkNew measures the whole of what a server asks, guardrails included.
func BenchmarkNew(b *testing.B) {
	all := authorizer.New(holder(b, fleet.Fleet{Tenants: 100}), authorizer.Options{})
	for _, q := range questions {
		b.Run(q.name, func(b *testing.B) { decide(b, all, fleet.Request(0, q.namespace), q.want) })
	}
}

// BenchmarkEveryTenant asks for another tenant each time, so that a large policy does not stay in the processor's
// caches. It shows what memory costs, which no structure of the policy can avoid.
func BenchmarkEveryTenant(b *testing.B) {
	for _, n := range []int{1, 100, 10_000} {
		tenants := authorizer.Tenants(holder(b, fleet.Fleet{Tenants: n}))
		requests := make([]kauthorizer.AttributesRecord, n)
		for i := range requests {
			requests[i] = fleet.Request(i, fleet.Namespace(i, 0))
		}
		b.Run(fmt.Sprintf("tenants=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				i = (i + 7919) % n // a prime: far apart in memory, and each comes up
				decision, _, err := tenants(context.Background(), &requests[i])
				if err != nil || decision != kauthorizer.DecisionAllow {
					b.Fatalf("decision %v, error %v", decision, err)
				}
			}
		})
	}
}

// TestDecisionHardlyAllocates holds the promise about allocations, which unlike time does not depend on the machine.
func TestDecisionHardlyAllocates(t *testing.T) {
	snapshots := holder(t, fleet.Fleet{Tenants: 10, Namespaces: 10})
	for _, q := range questions {
		t.Run(q.name, func(t *testing.T) {
			require.LessOrEqual(t, allocs(t, authorizer.Tenants(snapshots), q.namespace, q.want), maxAllocs)
			require.LessOrEqual(t, allocs(t, authorizer.New(snapshots, authorizer.Options{}), q.namespace, q.want), maxAllocs)
		})
	}
}

func allocs(t *testing.T, a kauthorizer.Authorizer, namespace string, want kauthorizer.Decision) int {
	t.Helper()
	req := fleet.Request(0, namespace)
	return int(testing.AllocsPerRun(1000, func() {
		decision, _, err := a.Authorize(context.Background(), &req)
		if err != nil || decision != want {
			t.Fatalf("decision %v, error %v", decision, err)
		}
	}))
}

func decide(b *testing.B, a kauthorizer.Authorizer, req kauthorizer.AttributesRecord, want kauthorizer.Decision) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		decision, _, err := a.Authorize(context.Background(), &req)
		if err != nil || decision != want {
			b.Fatalf("decision %v, error %v", decision, err)
		}
	}
}

func holder(tb testing.TB, f fleet.Fleet) policy.Holder {
	tb.Helper()
	snap, err := f.Compile()
	require.NoError(tb, err)
	var p atomic.Pointer[policy.Snapshot]
	p.Store(snap)
	return &p
}
