package watch

import (
	"context"
	"sync"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"
)

const (
	// quiet is how long nothing must have changed before the policy is compiled: changes come in groups.
	quiet = 100 * time.Millisecond
	// longest bounds the wait when changes never pause, so that a change is in force within a second.
	longest = 500 * time.Millisecond
	// tick is how often what had to wait is tried again.
	tick = time.Second
)

// Watch follows the API servers until the context ends. It calls changed after Read may return something else. Calls do
// not overlap.
func (s *Source) Watch(ctx context.Context, changed func()) error {
	ctx, cancel := context.WithCancel(klog.NewContext(ctx, logr.Discard())) // what client-go logs, Stale says once
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	ticks := time.NewTicker(tick)
	defer ticks.Stop()
	s.follow(ctx, &running)
	for {
		news := false
		select {
		case <-ctx.Done():
			s.save(true)
			return nil
		case <-s.dirty:
			s.settle(ctx)
			news = true
		case <-ticks.C:
		}
		if s.judgeRemovals(ctx, news) || news {
			s.follow(ctx, &running)
			changed()
		}
		s.save(false)
	}
}

// settle waits until changes pause.
func (s *Source) settle(ctx context.Context) {
	end := time.After(longest)
	for {
		select {
		case <-s.dirty:
		case <-time.After(quiet):
			return
		case <-end:
			return
		case <-ctx.Done():
			return
		}
	}
}

// touched makes Watch call changed.
func (s *Source) touched() {
	select {
	case s.dirty <- struct{}{}:
	default:
	}
}
