package main

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

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
	state   atomic.Pointer[feedState]
	told    []func(*policy.Snapshot, *policy.Bundle, []policy.Problem) // of each snapshot

	mu     sync.Mutex     // one change at a time
	bundle *policy.Bundle // from which the snapshot in force was compiled
}

// feedState is what /readyz tells.
type feedState struct {
	since time.Time // when the snapshot in force was compiled
	stale error     // why it may be out of date, or nil
}

func newFeed(from source, options policy.Options, reg prometheus.Registerer, log *slog.Logger) *feed {
	f := &feed{source: from, options: options, log: log}
	f.state.Store(&feedState{})
	f.metrics = newFeedMetrics(reg, func() time.Time { return f.state.Load().since })
	return f
}

// start compiles the first snapshot. It fails when the source cannot be read.
func (f *feed) start() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	bundle, err := f.source.Read()
	if err != nil {
		return err
	}
	f.compile(bundle)
	f.note(bundle.Stale)
	return nil
}

// follow brings the snapshot up to date until the context ends.
func (f *feed) follow(ctx context.Context) error {
	// What changed between the first reading and the start of the watch is found by reading once more.
	f.refresh()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return f.source.Watch(ctx, f.refresh) })
	group.Go(func() error { f.tend(ctx); return nil })
	return group.Wait()
}

func (f *feed) refresh() {
	f.mu.Lock()
	defer f.mu.Unlock()
	bundle, err := f.source.Read()
	switch {
	case err != nil && f.bundle != nil:
		f.note(fmt.Errorf("%w; the policy of %s stays in force", err, f.state.Load().since.Format(time.RFC3339)))
		return
	case err != nil:
		f.note(err)
		return
	case f.bundle == nil || f.bundle.PolicySum != bundle.PolicySum:
		f.compile(bundle)
	case f.bundle.Sum != bundle.Sum:
		f.Store(f.Load().WithInventory(bundle.Objects))
		f.bundle = bundle
	}
	f.note(bundle.Stale)
}

// tidyAfter is how long a policy must have been in force before the memory of its compilation is given back.
const tidyAfter = 5 * time.Second

// tend does what time brings: it compiles the policy again when a grant in it ends by itself, and gives back the
// memory that a compilation needed once there is no further one.
func (f *feed) tend(ctx context.Context) {
	// The time is looked up again and again, because timers stand still with a machine that is suspended.
	ticks := time.NewTicker(time.Second)
	defer ticks.Stop()
	var tidied time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticks.C:
			if snap := f.Load(); snap != nil && !snap.NextEnd().IsZero() && !now.Before(snap.NextEnd()) {
				f.mu.Lock()
				f.compile(f.bundle)
				f.mu.Unlock()
			}
			if since := f.state.Load().since; since.After(tidied) && now.Sub(since) > tidyAfter {
				tidied = now
				debug.FreeOSMemory()
			}
		}
	}
}

func (f *feed) compile(bundle *policy.Bundle) {
	options := f.options
	options.Now = time.Now()
	snap, problems := policy.Compile(bundle.Objects, options)
	problems = append(slices.Clip(bundle.Problems), problems...)
	f.Store(snap)
	stale := f.state.Load().stale
	if f.bundle == nil {
		stale = nil // it said why there was no policy
	}
	f.state.Store(&feedState{since: options.Now, stale: stale})
	f.bundle = bundle
	f.metrics.compiled(problems)
	for _, told := range f.told {
		told(snap, bundle, problems)
	}
	f.log.Info("policy in force", "objects", bundle.Objects.Len(), "problems", len(problems), "took", time.Since(options.Now))
	for _, p := range problems {
		level := slog.LevelWarn
		if p.Severity == policy.Error {
			level = slog.LevelError
		}
		f.log.Log(context.Background(), level, p.String(), "hint", p.Hint)
	}
}

// note keeps why the snapshot in force may be out of date. Only a change is logged.
func (f *feed) note(stale error) {
	old := f.state.Load()
	switch {
	case f.bundle == nil && old.stale == nil:
		f.log.Info("no policy yet", "reason", stale)
	case f.bundle != nil && stale != nil && (old.stale == nil || old.stale.Error() != stale.Error()):
		f.log.Warn("policy cannot be read, the last good one stays in force", "reason", stale)
	case stale == nil && old.stale != nil:
		f.log.Info("policy is up to date")
	}
	f.state.Store(&feedState{since: old.since, stale: stale})
	f.metrics.stale.Set(0)
	if stale != nil {
		f.metrics.stale.Set(1)
	}
}

// ready tells the truth: starting, ready, or ready with an old policy.
func (f *feed) ready() (bool, string) {
	state := f.state.Load()
	switch {
	case f.Load() == nil && state.stale != nil:
		return false, "starting: " + state.stale.Error()
	case f.Load() == nil:
		return false, "starting: no policy has been loaded yet"
	case state.stale != nil:
		return true, "ready, but stale: " + state.stale.Error()
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
			Help: "1 while the policy, or a part of it, cannot be read and the last good snapshot stays in force.",
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
	m.problems.Reset()
	for _, p := range problems {
		m.problems.WithLabelValues(string(p.Severity), p.Object.Kind).Inc()
	}
}
