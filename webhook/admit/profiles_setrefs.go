package admit

import (
	"fmt"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/selector"
)

// setsBeyond keeps the sets of clusters that a tenant's profile names inside what his RoleRequests give him: the
// selector of the set, and every cluster that it names. Sveltos takes what the status of a set lists, whoever wrote the
// set (addon-controller controllers/clusterprofile_controller.go, getClustersFromClusterSets). A set that the policy
// does not hold is refused, as in clusterRefsAreGranted.
//
// Sets belong to others, so nothing of them is told: neither that they exist nor what they select.
func setsBeyond(w *profileWrite, object tree) []finding {
	var found []finding
	for where, name := range texts(object, w.kind.sets) {
		set := w.set(name)
		if set == nil || !w.covers(set) {
			found = append(found, finding{path: where, message: fmt.Sprintf("%s %q does not exist, or selects clusters beyond %s: %s cover %s only",
				w.setKind(), name, w.your("clusters"), w.your("grants"), w.grants())})
		}
	}
	return found
}

// set finds a Set in the namespace of a Profile, or a ClusterSet.
func (w *profileWrite) set(name string) *policy.ClusterSet {
	return w.Snapshot.Set(w.Request.Namespace, name)
}

func (w *profileWrite) setKind() string {
	if w.namespaced() {
		return "Set"
	}
	return "ClusterSet"
}

func (w *profileWrite) covers(set *policy.ClusterSet) bool {
	if w.tenant.Contains(set.Spec.ClusterSelector.Selector).Verdict != selector.Inside {
		return false
	}
	for _, ref := range clustersNamedBy(set) {
		cluster := w.Snapshot.Cluster(ref)
		if cluster == nil || !w.tenant.Holds(cluster.Metadata.Labels) {
			return false
		}
	}
	return true
}

// clustersNamedBy are the clusters that a set names. A Set names those of its own namespace.
func clustersNamedBy(set *policy.ClusterSet) []policy.ClusterRef {
	var refs []policy.ClusterRef
	for _, target := range set.Spec.ClusterRefs {
		ref := policy.ClusterRef{Kind: target.Kind, Namespace: target.Namespace, Name: target.Name}
		if set.Metadata.Namespace != "" {
			ref.Namespace = set.Metadata.Namespace
		}
		refs = append(refs, ref)
	}
	return refs
}
