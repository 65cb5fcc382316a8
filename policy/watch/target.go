package watch

import (
	"fmt"
	"iter"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// many is from how many objects on they share a watch, which costs about 100 kB here and more in the API server:
// the ConfigMaps of one namespace, and objects of one name in any namespace. Where that is not allowed they do not,
// and Secrets are always watched by name.
const many = 16

// target is what a stream follows: a kind, in one namespace or all, with one name or any.
type target struct {
	*collection
	namespace string
	name      string
}

func (t target) covers(k key) bool {
	return (t.namespace == "" || t.namespace == k.Namespace) && (t.name == "" || t.name == k.Name)
}

// fixed says whether objects of the kind are read whoever names them.
func (c *collection) fixed() bool { return c.Where&c.cluster.Reads != 0 }

// names says whether RoleRequests of this cluster can name objects of the kind.
func (c *collection) names() bool { return c.Named && c.cluster.Reads&policy.Fleet != 0 }

// required says whether there is no policy without the kind. Facts about the cluster can be missing.
func (t target) required() bool { return t.Where&policy.Fleet != 0 }

func (t target) id() string {
	return fmt.Sprintf("%s %s %s/%s", t.GroupKind, t.cluster.name(), t.namespace, t.name)
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
