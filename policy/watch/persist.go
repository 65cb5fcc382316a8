package watch

import (
	"errors"
	"io/fs"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// restore puts what was stored in force. A file that cannot be used is no more than a missing one.
func (s *Source) restore() {
	s.complete = true
	for _, c := range s.clusters() {
		n := 0
		header, err := s.state.read(c, func(object []byte) {
			s.restoreObject(c, object)
			n++
		})
		switch {
		case errors.Is(err, fs.ErrNotExist):
			s.complete = false
			continue
		case err != nil:
			s.complete = false
			s.log.Warn("the stored policy is not used", "reason", err)
			continue
		}
		c.stored = header.Saved
		s.log.Info("the stored policy is used until the API server was read", "server", header.Server, "saved", header.Saved, "objects", n)
	}
	s.revision++
	s.state.saved = s.revision
}

func (s *Source) restoreObject(from *cluster, data []byte) {
	var head metav1.PartialObjectMetadata
	items, problems := policy.Read(data, policy.Position{})
	if len(items) != 1 || policy.Decode(data, &head) != nil {
		s.log.Warn("a stored object is not used", "reason", problems)
		return
	}
	gk := schema.FromAPIVersionAndKind(head.APIVersion, head.Kind).GroupKind()
	for _, c := range s.collections {
		if c.cluster == from && c.GroupKind == gk {
			k := key{Namespace: head.Namespace, Name: head.Name}
			c.objects[k] = &entry{good: version{json: data, item: items[0], leaving: head.DeletionTimestamp != nil}}
		}
	}
}

// save stores what is in force, unless it is stored or was stored a moment ago.
func (s *Source) save(now bool) {
	if s.state == nil || !now && time.Since(s.state.at) < saveEvery {
		return
	}
	revision, objects := s.inForce()
	if revision == s.state.saved || objects == nil {
		return
	}
	s.state.at = time.Now()
	var err error
	for c, list := range objects {
		err = errors.Join(err, s.state.write(c, list))
	}
	if err == nil {
		s.state.saved = revision
	}
	if failed := err != nil; failed != s.state.failed {
		s.state.failed = failed
		if failed {
			s.log.Error("the policy cannot be stored, so a restart depends on the API server", "error", err)
		} else {
			s.log.Info("the policy is stored again")
		}
	}
}

// inForce are the objects in force, by cluster; nil while there is no whole policy.
func (s *Source) inForce() (uint64, map[*cluster][][]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.complete {
		return s.revision, nil
	}
	objects := map[*cluster][][]byte{}
	for _, c := range s.collections {
		if objects[c.cluster] == nil {
			objects[c.cluster] = [][]byte{} // a policy without objects is a policy
		}
		for _, e := range c.objects {
			if e.good.item != nil {
				objects[c.cluster] = append(objects[c.cluster], e.good.json)
			}
		}
	}
	return s.revision, objects
}

func (s *Source) clusters() []*cluster {
	var list []*cluster
	for _, c := range s.collections {
		if len(list) == 0 || list[len(list)-1] != c.cluster {
			list = append(list, c.cluster)
		}
	}
	return list
}
