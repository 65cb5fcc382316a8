package policy

import (
	"slices"

	"github.com/bailiwick-dev/bailiwick/policy/selector"
)

// ClusterSet is a ClusterSet, or a Set of one namespace: clusters by label or by name.
//
// Upstream: lib.projectsveltos.io, libsveltos api/v1beta1/{clusterset,set}_type.go.
type ClusterSet struct {
	Object
	Spec struct {
		ClusterSelector ClusterSelector `json:"clusterSelector"`
		ClusterRefs     []ClusterTarget `json:"clusterRefs"`
	} `json:"spec"`
}

func (s *ClusterSet) check() error { return s.Spec.ClusterSelector.check("spec.clusterSelector") }

// owners are those whose labels the set carries: one, or none.
func (s *ClusterSet) owners() []ServiceAccount {
	owner := ServiceAccount{Namespace: s.Metadata.Labels[LabelServiceAccountNamespace], Name: s.Metadata.Labels[LabelServiceAccountName]}
	if owner.Namespace == "" || owner.Name == "" {
		return nil
	}
	return []ServiceAccount{owner}
}

// ClusterTarget names a cluster. Its fields are those of a core/v1 ObjectReference; nothing upstream checks them.
type ClusterTarget struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace"`
	Name       string `json:"name"`
}

// Ref is the cluster that the target names, whether it exists or not.
func (t ClusterTarget) Ref() ClusterRef {
	return ClusterRef{Kind: t.Kind, Namespace: t.Namespace, Name: t.Name}
}

// fleet is what the management cluster knows of clusters, and of who selects them.
type fleet struct {
	clusters map[ClusterRef]*Cluster
	// kubeconfigs are the Secrets that SveltosClusters name as their kubeconfig, sorted.
	kubeconfigs []Ref
	sets        map[Ref]*ClusterSet
	all         []*Selecting
	// byKey are the selectors of RoleRequests and sets, under each label key that they look at.
	byKey map[string][]*Selecting
}

// Selecting is a selector on which somebody's reach hangs: that of a RoleRequest or of a set.
type Selecting struct {
	Origin   Ref
	Owners   []ServiceAccount // whom a RoleRequest gives the clusters, or whose set it is
	Selector selector.Selector
}

func (c *compiler) fleet(objs *Objects) {
	f := &c.snap.fleet
	f.clusters = map[ClusterRef]*Cluster{}
	f.byKey = map[string][]*Selecting{}
	for _, cluster := range c.clusters {
		f.clusters[ClusterRef(cluster.Ref())] = cluster
		if name := cluster.Spec.KubeconfigName; name != "" && cluster.Kind == KindSveltosCluster {
			f.kubeconfigs = append(f.kubeconfigs, Ref{Kind: "Secret", Namespace: cluster.Metadata.Namespace, Name: name})
		}
	}
	slices.SortFunc(f.kubeconfigs, Ref.compare)
	f.sets = index(&c.problems, objs.Sets)
	for _, set := range f.sets {
		if set.Spec.ClusterSelector.Set {
			f.selects(Selecting{Origin: set.Ref(), Owners: set.owners(), Selector: set.Spec.ClusterSelector.Selector})
		}
	}
}

func (f *fleet) selects(s Selecting) {
	f.all = append(f.all, &s)
	for key := range s.Selector.Keys() {
		f.byKey[key] = append(f.byKey[key], &s)
	}
}

// KubeconfigSecrets are the Secrets that SveltosClusters name as their kubeconfig, sorted. Those with the names that
// Sveltos chooses are not among them.
func (s *Snapshot) KubeconfigSecrets() []Ref { return slices.Clone(s.fleet.kubeconfigs) }

// Cluster returns a cluster of the policy, or nil.
func (s *Snapshot) Cluster(ref ClusterRef) *Cluster { return s.fleet.clusters[ref] }

// Set returns the ClusterSet of a name, or the Set of a namespace and name, or nil.
func (s *Snapshot) Set(namespace, name string) *ClusterSet {
	kind := "Set"
	if namespace == "" {
		kind = "ClusterSet"
	}
	return s.fleet.sets[Ref{Kind: kind, Namespace: namespace, Name: name}]
}

// Selects says whether any RoleRequest or set looks at a label key of clusters.
func (s *Snapshot) Selects(key string) bool { return len(s.fleet.byKey[key]) > 0 }

// SelectedBy are the selectors of RoleRequests and sets that look at a label key of clusters.
func (s *Snapshot) SelectedBy(key string) []*Selecting { return s.fleet.byKey[key] }

// Moved are the selectors of RoleRequests and sets that match one of two label sets and not the other: the hands that
// a cluster leaves or comes into when its labels change so. A new cluster, with old nil, comes into all that match it.
func (s *Snapshot) Moved(old, labels map[string]string) []*Selecting {
	candidates := s.fleet.all
	if old != nil {
		candidates = s.fleet.lookingAt(changedKeys(old, labels))
	}
	var moved []*Selecting
	for _, sel := range candidates {
		before := old != nil && sel.Selector.Matches(old)
		if before != sel.Selector.Matches(labels) {
			moved = append(moved, sel)
		}
	}
	slices.SortFunc(moved, func(a, b *Selecting) int { return a.Origin.compare(b.Origin) })
	return moved
}

// lookingAt are the selectors that look at any of the keys.
func (f *fleet) lookingAt(keys []string) []*Selecting {
	seen := map[*Selecting]bool{}
	var found []*Selecting
	for _, key := range keys {
		for _, sel := range f.byKey[key] {
			if !seen[sel] {
				seen[sel] = true
				found = append(found, sel)
			}
		}
	}
	return found
}

// changedKeys are the keys that only one side has, or that have another value there.
func changedKeys(old, labels map[string]string) []string {
	var keys []string
	for k, v := range labels {
		if was, ok := old[k]; !ok || was != v {
			keys = append(keys, k)
		}
	}
	for k := range old {
		if _, ok := labels[k]; !ok {
			keys = append(keys, k)
		}
	}
	return keys
}

// Holds says whether one of the tenant's RoleRequests gives him a cluster with these labels.
func (t *Tenant) Holds(labels map[string]string) bool {
	return slices.ContainsFunc(t.Requests, func(r GrantedSelector) bool { return r.Selector.Matches(labels) })
}

// Waits says whether access-manager, by its own report, has not yet put the tenant's credentials where Sveltos looks for
// them when it deploys to this cluster. Without a report nobody knows, and the answer is no.
func (t *Tenant) Waits(cluster *Cluster) bool {
	waits := false
	for _, r := range t.Requests {
		if !r.Selector.Matches(cluster.Metadata.Labels) {
			continue
		}
		if !r.waiting[ClusterRef(cluster.Ref())] {
			return false
		}
		waits = true
	}
	return waits
}

// waiting are the clusters that the status of a RoleRequest lists without having provisioned them.
func (rr *RoleRequest) waiting() map[ClusterRef]bool {
	waiting := map[ClusterRef]bool{}
	for _, info := range rr.Status.ClusterInfo {
		if info.Status != "" && info.Status != "Provisioned" {
			waiting[info.Cluster.Ref()] = true
		}
	}
	return waiting
}

// Contains decides whether every cluster that a selector can match is given to the tenant.
func (t *Tenant) Contains(s selector.Selector) selector.Result {
	grants := make([]selector.Selector, len(t.Requests))
	for i, r := range t.Requests {
		grants[i] = r.Selector
	}
	return selector.Contained(s, grants...)
}

// ClustersMatching are the clusters that a selector matches by their labels, ordered by name.
func (s *Snapshot) ClustersMatching(sel selector.Selector) []*Cluster {
	var clusters []*Cluster
	for _, cluster := range s.fleet.clusters {
		if sel.Matches(cluster.Metadata.Labels) {
			clusters = append(clusters, cluster)
		}
	}
	slices.SortFunc(clusters, func(a, b *Cluster) int { return a.Ref().compare(b.Ref()) })
	return clusters
}
