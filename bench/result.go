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
)

// result is what a run found. Its JSON is for programs that compare runs.
type result struct {
	RequestsPerRound int       `json:"requestsPerRound"`
	Rounds           int       `json:"rounds"`
	Workers          int       `json:"workers"`
	Servers          []row     `json:"servers"`
	Large            memory    `json:"large"` // of a server with the large policy
	Promises         []promise `json:"promises"`
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

// memory is what a server holds after its last request, and what it held at most: while it read its policy.
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
func newResult(p plan, targets []*target, large *target) *result {
	res := &result{RequestsPerRound: p.requests, Rounds: p.rounds, Workers: p.workers}
	for i, t := range targets {
		r := newRow(t, targets[0], targets[1])
		res.Servers = append(res.Servers, r)
		if i >= 2 {
			res.promise("CPU of one review over the decode floor, "+t.name, "×", promisedToDecode, r.ToDecode.Median)
		}
	}
	what := fmt.Sprintf("memory with %d grants and %d clusters", p.large.Grants(), p.large.Clusters)
	res.promise(what, "MiB", promisedMiB, mib(large.usage.RSS))
	res.Large = memoryOf(large)
	return res
}

func (res *result) promise(what, unit string, atMost, measured float64) {
	res.Promises = append(res.Promises, promise{what, unit, atMost, measured, measured <= atMost})
}

func newRow(t, floor, decode *target) row {
	return row{
		Name:      t.name,
		CPUMicros: median(t.turns, func(x turn) float64 { return micros(x.cpu) }),
		ToFloor:   compare(t, floor),
		ToDecode:  compare(t, decode),
		P50Micros: median(t.turns, func(x turn) float64 { return micros(x.p50) }),
		P99Micros: median(t.turns, func(x turn) float64 { return micros(x.p99) }),
		memory:    memoryOf(t),
	}
}

func compare(t, to *target) ratio {
	ratios := make([]float64, len(t.turns))
	for i := range ratios {
		ratios[i] = float64(t.turns[i].cpu) / float64(to.turns[i].cpu)
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
