package watch

import (
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// Options say what to read.
type Options struct {
	Clusters []Cluster
	// StateDir is where the last good objects are kept for the next start. Empty: nowhere.
	StateDir string
	// UserAgent is how requests name themselves.
	UserAgent string
	Log       *slog.Logger
}

// Source reads the policy from API servers.
type Source struct {
	log   *slog.Logger
	dirty chan struct{} // holds something when Read would return something else
	state *state
	grace time.Duration

	mu          sync.Mutex
	collections []*collection
	streams     map[string]*stream
	complete    bool   // there is a whole policy, read or stored
	revision    uint64 // counts changes of the objects
	inventory   uint64 // counts those that are only of the inventory
	followed    uint64 // the revision whose named objects are followed
}

// ErrStarting says that the policy has not been read as a whole yet, and that no stored one is there to fall back on.
var ErrStarting = errors.New("the policy has not been read yet")

var errNotWatched = errors.New("no cluster has been read since the start; what was stored is in force")

// New reads kubeconfigs and what was stored; it asks no API server anything. It fails when a kubeconfig or the
// directory for state cannot be used.
func New(o Options) (*Source, error) {
	var clusters []*cluster
	for _, c := range o.Clusters {
		cl, err := connect(c, o.UserAgent)
		if err != nil {
			return nil, err
		}
		clusters = append(clusters, cl)
	}
	s := newSource(clusters, o.Log)
	if o.StateDir == "" {
		return s, nil
	}
	var err error
	if s.state, err = openState(o.StateDir); err != nil {
		return nil, err
	}
	s.restore()
	return s, nil
}

func newSource(clusters []*cluster, log *slog.Logger) *Source {
	s := &Source{log: log, dirty: make(chan struct{}, 1), streams: map[string]*stream{}, grace: grace}
	for _, cl := range clusters {
		for _, k := range policy.Kinds() {
			if c := newCollection(k, cl); c.fixed() || c.names() {
				s.collections = append(s.collections, c)
			}
		}
	}
	return s
}

// Read returns the last good objects, and what is wrong or may be out of date. It fails with ErrStarting.
func (s *Source) Read() (*policy.Bundle, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.starting(); err != nil {
		return nil, err
	}
	b := &policy.Bundle{Objects: &policy.Objects{}, Stale: staleError(maps.Values(s.streams))}
	if len(s.streams) == 0 {
		b.Stale = errNotWatched
	}
	for _, c := range s.collections {
		for _, e := range c.objects {
			e.addTo(b)
		}
	}
	for _, st := range s.streams {
		if p, ok := st.problem(); ok {
			b.Problems = append(b.Problems, p)
		}
	}
	policy.SortProblems(b.Problems)
	binary.BigEndian.PutUint64(b.Sum[:], s.revision)
	binary.BigEndian.PutUint64(b.PolicySum[:], s.revision-s.inventory)
	return b, nil
}

// starting says what the first policy waits for, or nothing.
func (s *Source) starting() error {
	if s.complete {
		return nil
	}
	var waits []string
	for _, st := range s.streams {
		if st.waits() {
			cause := ""
			if st.trouble != nil {
				cause = " (" + st.trouble.cause + ")"
			}
			waits = append(waits, st.String()+cause)
		}
	}
	switch {
	case len(waits) > 0:
		return fmt.Errorf("%w: waiting for %s", ErrStarting, summary(waits))
	case len(s.streams) == 0 || s.followed != s.revision:
		return ErrStarting // nothing is followed yet, or not what was read a moment ago
	}
	s.complete = true
	return nil
}

// Stale says for each kind that is read whether it may be out of date.
func (s *Source) Stale() map[string]bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	stale := map[string]bool{}
	for _, st := range s.streams {
		kind := st.String()
		stale[kind] = stale[kind] || st.stale() != nil
	}
	return stale
}
