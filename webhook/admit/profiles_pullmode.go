package admit

import (
	"fmt"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// pulledEvents keeps tenants' EventTriggers from clusters in pull mode. There the EventSource arrives without its owner
// labels (event-manager, getEventSourceToDeploy), so the agent looks for events, and collects objects, with its own
// rights instead of the tenant's. Clusters that come later are not known yet: see docs/compatibility.md.
func pulledEvents(w *profileWrite, object tree) []finding {
	if w.kind.resource != eventTriggers {
		return nil
	}
	var found []finding
	for where, value := range each(object, "spec.sourceClusterSelector") {
		for _, cluster := range w.Snapshot.ClustersMatching(readSelector(value).Selector) {
			if pulls(cluster) {
				found = append(found, finding{path: where, key: "pull mode", message: fmt.Sprintf(
					"matches %s, which is in pull mode: its agent looks for events with its own rights, not with yours", policy.ClusterRef(cluster.Ref()))})
				break
			}
		}
	}
	return found
}

func pulls(cluster *policy.Cluster) bool {
	return cluster.Kind == policy.KindSveltosCluster && cluster.Spec.PullMode
}
