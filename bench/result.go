package main

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// What is promised.
const (
	promisedToDecode = 1.5 // CPU of one review over that of the decode floor
	promisedMiB      = 64  // memory with the large policy
	promisedNanos    = 1e3 // a decision in process
	promisedFlat     = 1.1 // the same with any policy over one tenant's
)

// result is what a run found. Its JSON is for programs that compare runs.
type result struct {
	RequestsPerRound int    `json:"requestsPerRound"`
	Rounds           int    `json:"rounds"`
	Workers          int    `json:"workers"`
	Servers          []row  `json:"servers"`
	Large            memory `json:"large"` // of a server with the large policy
	// Decisions are made in process, without TLS, HTTP and JSON.
	Decisions []decision `json:"decisions"`
	Promises  []promise  `json:"promises"`
}

// row is one server: medians over the rounds.
type row struct {
	Name      string  `json:"name"`
	CPUMicros float64 `json:"cpuMicros"` // per request
	ToFloor   ratio   `json:"toFloor"`
	ToDecode  ratio   `json:"toDecode"`
	P50Micros float64 `json:"p50Micros"`
	P99Micros float64 `json:"p99Micros"`
	memory
}

// memory is what a server holds after its last request, and the most that it held.
type memory struct {
	RSSMiB  float64 `json:"rssMiB"`
	PeakMiB float64 `json:"peakMiB"`
}

// ratio compares two servers round by round; how far the rounds lie apart tells how busy the machine was.
type ratio struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
}

type promise struct {
	What     string  `json:"what"`
	Unit     string  `json:"unit"`
	AtMost   float64 `json:"atMost"`
	Measured float64 `json:"measured"`
	Kept     bool    `json:"kept"`
}

// newResult expects the floor and the decode floor in front of the targets.
func newResult(p plan, targets []*target, large *target, decisions []decision) *result {
	res := &result{RequestsPerRound: p.requests, Rounds: p.rounds, Workers: p.workers, Decisions: decisions}
	for i, t := range targets {
		r := newRow(t, targets[0], targets[1])
		res.Servers = append(res.Servers, r)
		if i >= 2 {
			res.promise("CPU of one review over the decode floor, "+t.name, "×", promisedToDecode, r.ToDecode.Median)
		}
	}
	if res.Large = memoryOf(large); res.Large.RSSMiB > 0 {
		what := fmt.Sprintf("memory with %d grants and %d clusters", p.large.Grants(), p.large.Clusters)
		res.promise(what, "MiB", promisedMiB, res.Large.RSSMiB)
	}
	slowest, steepest := 0.0, 0.0
	for _, d := range decisions {
		slowest, steepest = max(slowest, d.Nanos), max(steepest, d.ToOne)
	}
	res.promise("decision in process, the slowest", "ns", promisedNanos, slowest)
	res.promise("decision in process, the slowest over one tenant's", "×", promisedFlat, steepest)
	return res
}

func (res *result) promise(what, unit string, atMost, measured float64) {
	res.Promises = append(res.Promises, promise{what, unit, atMost, measured, measured <= atMost})
}

func turnCPU(t turn) time.Duration { return t.cpu }

func newRow(t, floor, decode *target) row {
	return row{
		Name:      t.name,
		CPUMicros: median(t.turns, func(x turn) float64 { return micros(x.cpu) }),
		ToFloor:   compare(t.turns, floor.turns, turnCPU),
		ToDecode:  compare(t.turns, decode.turns, turnCPU),
		P50Micros: median(t.turns, func(x turn) float64 { return micros(x.p50) }),
		P99Micros: median(t.turns, func(x turn) float64 { return micros(x.p99) }),
		memory:    memoryOf(t),
	}
}

// compare divides what x took in each round by what y took in the same round.
func compare[T any](x, y []T, took func(T) time.Duration) ratio {
	ratios := make([]float64, len(x))
	for i := range ratios {
		ratios[i] = float64(took(x[i])) / float64(took(y[i]))
	}
	return ratio{median(ratios, func(x float64) float64 { return x }), slices.Min(ratios), slices.Max(ratios)}
}

func median[T any](list []T, value func(T) float64) float64 {
	values := make([]float64, len(list))
	for i, x := range list {
		values[i] = value(x)
	}
	slices.SortFunc(values, cmp.Compare[float64])
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

func memoryOf(t *target) memory { return memory{RSSMiB: mib(t.usage.RSS), PeakMiB: mib(t.usage.Peak)} }

func mib(bytes int64) float64 { return float64(bytes) / (1 << 20) }
