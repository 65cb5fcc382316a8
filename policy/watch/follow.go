package watch

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/validate/content"

	"github.com/bailiwick-dev/bailiwick/policy"
)

const (
	// patience is how long a change waits for the objects that it names for the first time.
	patience = 2 * time.Second
	// many is from how many objects on they share a watch, which costs about 100 kB here and more in the API server:
	// the ConfigMaps of one namespace, and objects of one name in any namespace. Where that is not allowed they do not,
	// and Secrets are always watched by name.
	many = 16
)

// fixed says whether objects of the kind are read whoever names them.
func (c *collection) fixed() bool { return c.Where&c.cluster.Reads != 0 }

// names says whether RoleRequests of this cluster can name objects of the kind.
func (c *collection) names() bool { return c.Named && c.cluster.Reads&policy.Fleet != 0 }

// required says whether there is no policy without the kind. Facts about the cluster can be missing.
func (t target) required() bool { return t.Where&policy.Fleet != 0 }

func (t target) id() string {
	return fmt.Sprintf("%s %s %s/%s", t.GroupKind, t.cluster.name(), t.namespace, t.name)
}

// waits says whether the first policy has to wait for the stream. It is called with the source locked.
func (st *stream) waits() bool {
	select {
	case <-st.settled:
		return false
	default:
		return true
	}
}

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

// targets are all that have to be followed, by id.
func (s *Source) targets() map[string]target {
	targets := map[string]target{}
	add := func(t target) { targets[t.id()] = t }
	for _, c := range s.collections {
		switch {
		case c.wanted != nil:
			for t := range c.wantedTargets() {
				add(t)
			}
		case len(c.Only) > 0:
			for _, ref := range c.Only {
				add(target{c, ref.Namespace, ref.Name})
			}
		default:
			add(target{collection: c})
		}
	}
	return targets
}

// wantedTargets are the objects that are wanted, or what they share a watch with.
func (c *collection) wantedTargets() iter.Seq[target] {
	inNamespace, ofName := map[string]int{}, map[string]int{}
	for k := range c.wanted {
		inNamespace[k.Namespace]++
		ofName[k.Name]++
	}
	return func(yield func(target) bool) {
		for k := range c.wanted {
			t := target{c, k.Namespace, k.Name}
			switch {
			case c.Kind == "ConfigMap" && inNamespace[k.Namespace] >= many && !c.denied[key{Namespace: k.Namespace}]:
				t.name = ""
			case ofName[k.Name] >= many && !c.denied[key{Name: k.Name}]:
				t.namespace = ""
			}
			if !yield(t) {
				return
			}
		}
	}
}

// shared says whether the target is more than one object.
func (t target) shared() bool { return t.namespace == "" || t.name == "" }

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

// passedBy says whether a shared stream has ignored an object that is wanted now.
func (st *stream) passedBy() bool {
	if !st.shared() {
		return false
	}
	for k := range st.collection.wanted {
		if st.covers(k) && !st.wanted[k] {
			return true
		}
	}
	return false
}

// deniedToShare says whether objects turned out to be readable one by one only.
func (s *Source) deniedToShare() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := false
	for _, st := range s.streams {
		k := key{Namespace: st.namespace, Name: st.name}
		if st.collection.wanted != nil && st.shared() && st.trouble.isFirm() && !st.denied[k] {
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
		if st := s.streams[id]; st == nil || st.collection.wanted != nil && st.waits() {
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
