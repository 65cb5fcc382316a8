package main

import (
	"encoding/json"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// debugPage is /debug/policy: which policy is in force, and what is wrong in it. It names tenants and their objects, so
// it is served only when it was asked for.
type debugPage struct {
	feed   *feed
	policy atomic.Pointer[debugPolicy]
}

// debugPolicy is what is told about one snapshot.
type debugPolicy struct {
	Cluster string `json:"cluster"`
	// Generation counts the snapshots since the start, as bailiwick_snapshot_generation does.
	Generation int       `json:"generation"`
	Since      time.Time `json:"since"`
	// Stale says why there may be something newer by now.
	Stale string `json:"stale,omitempty"`
	// Ends is when the next grant ends by itself.
	Ends     *time.Time     `json:"ends,omitempty"`
	Objects  map[string]int `json:"objects"` // how many there are of each kind
	Problems []problemJSON  `json:"problems"`
}

// newDebugPage makes the page tell what the feed compiles from now on.
func newDebugPage(f *feed) *debugPage {
	page := &debugPage{feed: f}
	f.told = append(f.told, page.compiled)
	return page
}

// compiled notes what a snapshot was made of. The feed calls it once for each, one after another.
func (d *debugPage) compiled(snap *policy.Snapshot, bundle *policy.Bundle, problems []policy.Problem) {
	now := debugPolicy{Cluster: snap.Self().String(), Generation: 1, Objects: bundle.Objects.Counts(), Problems: []problemJSON{}}
	if old := d.policy.Load(); old != nil {
		now.Generation = old.Generation + 1
	}
	if end := snap.NextEnd(); !end.IsZero() {
		now.Ends = &end
	}
	for _, p := range problems {
		now.Problems = append(now.Problems, newProblemJSON(p))
	}
	d.policy.Store(&now)
}

func (d *debugPage) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	known := d.policy.Load()
	if known == nil {
		http.Error(w, "no policy has been loaded yet", http.StatusServiceUnavailable)
		return
	}
	now, state := *known, d.feed.state.Load()
	now.Since = state.since
	if state.stale != nil {
		now.Stale = state.stale.Error()
	}
	w.Header().Set("Content-Type", "application/json")
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	_ = e.Encode(now) // a client that has gone away is not our error
}

// problemJSON is a Problem as JSON.
type problemJSON struct {
	Severity policy.Severity `json:"severity"`
	File     string          `json:"file,omitempty"`
	Line     int             `json:"line,omitempty"`
	Object   string          `json:"object,omitempty"`
	Path     string          `json:"path,omitempty"`
	Message  string          `json:"message"`
	Hint     string          `json:"hint,omitempty"`
}

func newProblemJSON(p policy.Problem) problemJSON {
	return problemJSON{p.Severity, p.Position.File, p.Position.Line, p.Object.String(), p.Path, p.Message, p.Hint}
}
