package admit

import (
	"fmt"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// withoutCredentials warns of clusters where access-manager has not yet put the tenant's account. Until it has, Sveltos
// finds no credentials for him there and sends what it should deploy to the management cluster, as its own account,
// where nearly all of it is forbidden (libsveltos lib/clusterproxy with an empty kubeconfig). A refusal would keep a
// tenant from writing any profile for as long as one of his clusters is away.
func withoutCredentials(w *profileWrite, object tree) []finding {
	var found []finding
	for _, path := range w.kind.selectors {
		for where, value := range each(object, path) {
			found = append(found, w.waits(where, w.Snapshot.ClustersMatching(readSelector(value).Selector))...)
		}
	}
	for _, path := range w.kind.clusters {
		for where, value := range each(object, path) {
			ref, _ := w.clusterRef(value)
			if cluster := w.Snapshot.Cluster(ref); cluster != nil {
				found = append(found, w.waits(where, []*policy.Cluster{cluster})...)
			}
		}
	}
	return found
}

func (w *profileWrite) waits(where string, clusters []*policy.Cluster) []finding {
	for _, cluster := range clusters {
		if w.tenant.Waits(cluster) {
			return []finding{{path: where, harmless: true, message: fmt.Sprintf(
				"%s has no account of %q yet: until access-manager has made one, Sveltos cannot deploy there", policy.ClusterRef(cluster.Ref()), w.tenant.Owner)}}
		}
	}
	return nil
}
