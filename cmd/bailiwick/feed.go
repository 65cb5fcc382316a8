package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// source is where policy comes from.
type source interface {
	// Read returns what it holds now, or fails when it cannot be reached.
	Read() (*policy.Bundle, error)
	// Watch calls changed after it may hold something else, until the context ends. Calls do not overlap.
	Watch(ctx context.Context, changed func()) error
}

// feed keeps the snapshot in force up to date with a source. When the source cannot be read, the last good snapshot
// goes on deciding.
type feed struct {
	atomic.Pointer[policy.Snapshot]

	source  source
	options policy.Options
	log     *slog.Logger
	metrics feedMetrics

	sum   [sha256.Size]byte
	state atomic.Pointer[feedState]
}

// feedState is what /readyz tells.
type feedState struct {
	since time.Time // when the snapshot in force was compiled
	stale error     // why it could not be brought up to date, or nil
}

func newFeed(from source, options policy.Options, reg prometheus.Registerer, log *slog.Logger) *feed {
	f := &feed{source: from, options: options, log: log}
	f.state.Store(&feedState{})
	f.metrics = newFeedMetrics(reg, func() time.Time { return f.state.Load().since })
	return f
}

// start compiles the first snapshot.
func (f *feed) start() error {
	bundle, err := f.source.Read()
	if err != nil {
		return err
	}
	f.compile(bundle)
	return nil
}

// follow brings the snapshot up to date until the context ends.
func (f *feed) follow(ctx context.Context) error {
	// What changed between the first reading and the start of the watch is found by reading once more.
	f.refresh()
	return f.source.Watch(ctx, f.refresh)
}

func (f *feed) refresh() {
	bundle, err := f.source.Read()
	old := f.state.Load()
	switch {
	case err != nil:
		if old.stale == nil {
			f.log.Error("policy cannot be read, the last good one stays in force", "error", err, "since", old.since)
		}
		f.state.Store(&feedState{since: old.since, stale: err})
		f.metrics.stale.Set(1)
	case bundle.Sum == f.sum:
		f.state.Store(&feedState{since: old.since})
		f.metrics.stale.Set(0)
	default:
		f.compile(bundle)
	}
}

func (f *feed) compile(bundle *policy.Bundle) {
	start := time.Now()
	snap, problems := policy.Compile(bundle.Objects, f.options)
	problems = append(bundle.Problems, problems...)
	f.Store(snap)
	f.sum = bundle.Sum
	f.state.Store(&feedState{since: time.Now()})
	f.metrics.compiled(problems)
	f.log.Info("policy in force", "objects", bundle.Objects.Len(), "problems", len(problems), "took", time.Since(start))
	for _, p := range problems {
		level := slog.LevelWarn
		if p.Severity == policy.Error {
			level = slog.LevelError
		}
		f.log.Log(context.Background(), level, p.String(), "hint", p.Hint)
	}
}

// ready tells the truth: starting, ready, or ready with an old policy.
func (f *feed) ready() (bool, string) {
	state := f.state.Load()
	switch {
	case f.Load() == nil:
		return false, "starting: no policy has been loaded yet"
	case state.stale != nil:
		return true, fmt.Sprintf("ready, but stale: %v; the policy of %s stays in force", state.stale, state.since.Format(time.RFC3339))
	default:
		return true, "ready"
	}
}

// feedMetrics tell how the policy in force came about.
type feedMetrics struct {
	generation prometheus.Counter
	problems   *prometheus.GaugeVec
	stale      prometheus.Gauge
}

func newFeedMetrics(reg prometheus.Registerer, since func() time.Time) feedMetrics {
	m := feedMetrics{
		generation: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "bailiwick_snapshot_generation",
			Help: "How many snapshots have come into force since the start.",
		}),
		problems: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "bailiwick_problems",
			Help: "What is wrong in the policy in force, by severity and kind of object.",
		}, []string{"severity", "kind"}),
		stale: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "bailiwick_snapshot_stale",
			Help: "1 while the policy cannot be read and the last good snapshot stays in force.",
		}),
	}
	age := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "bailiwick_snapshot_age_seconds",
		Help: "Time since the snapshot in force was compiled.",
	}, func() float64 { return time.Since(since()).Seconds() })
	reg.MustRegister(m.generation, m.problems, m.stale, age)
	return m
}

func (m *feedMetrics) compiled(problems []policy.Problem) {
	m.generation.Inc()
	m.stale.Set(0)
	m.problems.Reset()
	for _, p := range problems {
		m.problems.WithLabelValues(string(p.Severity), p.Object.Kind).Inc()
	}
}
