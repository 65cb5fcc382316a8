// Package load does something at a steady pace while something else happens, and counts what failed.
package load

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Steady goes on until it is stopped. The zero value is one that never began.
type Steady struct {
	// Answered counts the calls, also those that failed.
	Answered atomic.Int64

	stop   func()
	mu     sync.Mutex
	failed []error
}

// Every calls do from several goroutines, each at a pace, until the load is stopped or the test ends. Do is told the
// number of the goroutine, from 0.
func Every(t *testing.T, pace time.Duration, workers int, do func(ctx context.Context, worker int) error) *Steady {
	t.Helper()
	s := &Steady{}
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			for next := time.Now(); ctx.Err() == nil; next = next.Add(pace) {
				time.Sleep(time.Until(next))
				s.count(do(context.WithoutCancel(ctx), w)) // what was begun is finished
			}
		})
	}
	s.stop = sync.OnceFunc(func() { cancel(); group.Wait() })
	t.Cleanup(s.stop)
	return s
}

func (s *Steady) count(err error) {
	s.Answered.Add(1)
	if err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.failed = append(s.failed, err)
	}
}

// Stop returns the errors of all calls, when the last has returned.
func (s *Steady) Stop() []error {
	if s.stop != nil {
		s.stop()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}
