package watch

import (
	"context"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/validate/content"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// patience is how long a change waits for the objects that it names for the first time.
const patience = 2 * time.Second

// follow starts the streams that are missing and stops those that nobody needs any more.
func (s *Source) follow(ctx context.Context, running *sync.WaitGroup) {
	s.want()
	for again := true; again; again = s.deniedToShare() {
		started := s.start(ctx, running)
		deadline := time.After(patience)
		for _, st := range started {
			select {
			case <-st.settled:
			case <-deadline:
				return // what was followed until now goes on, until it is known what the new streams see
			case <-ctx.Done():
				return
			}
		}
	}
	s.stop()
}

// want finds out which objects RoleRequests name, and forgets those that they no longer name.
func (s *Source) want() {
	s.mu.Lock()
	defer s.mu.Unlock()
	named := s.named()
	for _, c := range s.collections {
		if !c.Named {
			continue
		}
		c.wanted = map[key]bool{}
		if c.fixed() {
			for _, ref := range c.Only {
				c.wanted[key{Namespace: ref.Namespace, Name: ref.Name}] = true
			}
		}
		for ref := range named {
			if c.names() && ref.Kind == c.Kind && valid(ref) {
				c.wanted[key{Namespace: ref.Namespace, Name: ref.Name}] = true
			}
		}
		for k := range c.objects {
			if !c.wanted[k] {
				delete(c.objects, k)
				s.revision++
			}
		}
	}
	s.followed = s.revision
}

// named are the objects that RoleRequests in force name.
func (s *Source) named() map[policy.Ref]bool {
	var o policy.Objects
	for _, c := range s.collections {
		if c.Where != policy.Fleet || c.Kind != "RoleRequest" && c.Kind != policy.KindSveltosCluster && c.Kind != policy.KindCAPICluster {
			continue
		}
		for _, e := range c.objects {
			if e.good.item != nil {
				e.good.item.AddTo(&o)
			}
		}
	}
	return policy.NamedSources(&o)
}

// valid says whether an object can have such a name. Whoever writes RoleRequests must not reach other URLs with them.
func valid(ref policy.Ref) bool {
	return len(content.IsDNS1123Label(ref.Namespace)) == 0 && len(content.IsDNS1123Subdomain(ref.Name)) == 0
}

// start starts streams for the targets that have none.
func (s *Source) start(ctx context.Context, running *sync.WaitGroup) []*stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	var started []*stream
	for id, t := range s.targets() {
		old := s.streams[id]
		switch {
		case old == nil:
		case old.passedBy():
			old.stopped = true
			old.cancel()
		default:
			continue
		}
		st := newStream(s, t)
		var streamCtx context.Context
		streamCtx, st.cancel = context.WithCancel(ctx)
		s.streams[id] = st
		started = append(started, st)
		running.Go(func() { st.run(streamCtx) })
	}
	return started
}

// deniedToShare says whether objects turned out to be readable one by one only.
func (s *Source) deniedToShare() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := false
	for _, st := range s.streams {
		k := key{Namespace: st.namespace, Name: st.name}
		if st.wanted != nil && st.shared() && st.trouble.isFirm() && !st.denied[k] {
			st.denied[k] = true
			found = true
		}
	}
	return found
}

// stop ends the streams that no target needs, once those that follow the targets have seen them.
func (s *Source) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	targets := s.targets()
	for id := range targets {
		if st := s.streams[id]; st == nil || st.wanted != nil && st.waits() {
			return
		}
	}
	for id, st := range s.streams {
		if _, needed := targets[id]; !needed {
			st.stopped = true
			st.cancel()
			delete(s.streams, id)
		}
	}
}
