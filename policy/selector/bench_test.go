package selector

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func BenchmarkMatches(b *testing.B) {
	s := parse(b, "org.example.com/tenant=foo,env in (dev,test),region,!legacy")
	set := map[string]string{"org.example.com/tenant": "foo", "env": "test", "region": "eu", "tier": "1"}
	b.ReportAllocs()
	for b.Loop() {
		if !s.Matches(set) {
			b.Fatal("must match")
		}
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("org.example.com/tenant=foo,env in (dev,test),region,!legacy"); err != nil {
			b.Fatal(err)
		}
	}
}

// tenants returns grants of which no two overlap.
func tenants(b *testing.B, n int) []Selector {
	grants := make([]Selector, n)
	for i := range grants {
		grants[i] = parse(b, fmt.Sprintf("env in (dev,test),org.example.com/tenant=tenant-%d", i))
	}
	return grants
}

// BenchmarkSingleCover has one covering grant, the last one looked at.
func BenchmarkSingleCover(b *testing.B) {
	for _, n := range []int{1, 10, 100, 1_000} {
		grants := tenants(b, n)
		s := parse(b, fmt.Sprintf("env=dev,org.example.com/tenant=tenant-%d,region=eu", n-1))
		b.Run(fmt.Sprint(n), func(b *testing.B) { question{s, grants, Inside}.run(b) })
	}
}

// BenchmarkNoOverlap is refused without a search.
func BenchmarkNoOverlap(b *testing.B) {
	grants := tenants(b, 1_000)
	question{parse(b, "env=dev,org.example.com/tenant=none,region=eu"), grants, NotContained}.run(b)
}

// question is a containment question with its answer.
type question struct {
	s      Selector
	grants []Selector
	want   Verdict
}

func (q question) run(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if got := Contained(q.s, q.grants...).Verdict; got != q.want {
			b.Fatalf("got %v, want %v", got, q.want)
		}
	}
}

// BenchmarkUnion has a selector that takes 50 grants to cover, alone and among
// 950 more that do not help: half of them elsewhere, half overlapping. The 99th
// percentile is over the calls; every call asks a different question.
func BenchmarkUnion(b *testing.B) {
	for _, total := range []int{50, 1_000} {
		for _, want := range []Verdict{Inside, NotContained} {
			b.Run(fmt.Sprintf("%d/%s", total, want), func(b *testing.B) { unions(b, total, want) })
		}
	}
}

func unions(b *testing.B, total int, want Verdict) {
	r := rand.New(rand.NewPCG(1, uint64(total)))
	questions := make([]question, 100)
	for i := range questions {
		questions[i] = union(b, r, total, want)
	}
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		q := questions[i%len(questions)]
		start := time.Now()
		got := Contained(q.s, q.grants...).Verdict
		took = append(took, time.Since(start))
		if got != want {
			b.Fatalf("got %v, want %v", got, want)
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns/op")
}

// union splits a selector's box into 50 grants, each time a random part along a
// random key, so that all of them are needed; without one of them the selector
// is not contained.
func union(b testing.TB, r *rand.Rand, total int, want Verdict) question {
	base := parse(b, "org=foo,env in (dev,test,stage,prod),region!=moon,tier")
	parts := []Selector{base}
	for len(parts) < 50 {
		i := r.IntN(len(parts))
		in, out := halve(b, r, parts[i])
		if !in.Nothing() && !out.Nothing() {
			parts[i] = in
			parts = append(parts, out)
		}
	}
	if want == NotContained {
		parts = parts[1:]
	}
	for len(parts) < total {
		parts = append(parts,
			parse(b, fmt.Sprintf("org=bar-%d,env=dev", len(parts))),
			parse(b, fmt.Sprintf("org=foo,env=dev,team=t%d", len(parts))))
	}
	r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	return question{base, parts, want}
}

// halve splits a selector along one key, by a value that it may or may not
// admit or by presence.
func halve(b testing.TB, r *rand.Rand, s Selector) (in, out Selector) {
	values := map[string][]string{"env": {"dev", "test", "stage", "prod"}, "region": {"eu", "us", "ap"}, "tier": {"1", "2", "3"}, "zone": {"a", "b"}}
	key := []string{"env", "region", "tier", "zone"}[r.IntN(4)]
	value := values[key][r.IntN(len(values[key]))]
	if r.IntN(4) == 0 {
		return parse(b, s.String()+","+key), parse(b, s.String()+",!"+key)
	}
	return parse(b, s.String()+","+key+"="+value), parse(b, s.String()+","+key+"!="+value)
}

// BenchmarkHard is about the longest that a question can take.
func BenchmarkHard(b *testing.B) {
	r := rand.New(rand.NewPCG(2, 2))
	ask := func(name string, s Selector, grants []Selector) {
		b.Run(name, func(b *testing.B) {
			want := Contained(s, grants...).Verdict
			b.Log(want)
			question{s, grants, want}.run(b)
		})
	}
	for holes := 5; holes <= 8; holes++ {
		s, grants := pigeons(b, holes+1, holes)
		ask(fmt.Sprintf("pigeons-%d", holes), s, grants)
	}
	for _, nodes := range []int{50, 100, 200, 400} {
		s, grants := colouring(b, r, nodes, nodes*235/100)
		ask(fmt.Sprintf("colouring-%d", nodes), s, grants)
	}
	for _, variables := range []int{50, 100, 200} {
		s, grants := clauses(b, r, variables, variables*43/10)
		ask(fmt.Sprintf("3sat-%d", variables), s, grants)
	}
}

// The benchmarked unions are what they are said to be.
func TestUnionIsWholeAndNeeded(t *testing.T) {
	r := seeded(t)
	for range 5 {
		q := union(t, r, 50, Inside)
		require.Equal(t, Inside, Contained(q.s, q.grants...).Verdict)
		for i := range q.grants {
			without := slices.Delete(slices.Clone(q.grants), i, i+1)
			require.Equal(t, NotContained, Contained(q.s, without...).Verdict)
		}
	}
}
