package admit

import (
	"fmt"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// pausedClustersKeepRights warns who deletes a RoleRequest while a cluster is paused where it was put into force:
// access-manager passes such a cluster over and forgets it, so the tenant's account and roles stay there.
//
// Upstream: access-manager controllers/rolerequest_deployer.go, undeployRoleRequest.
func pausedClustersKeepRights(q *Question) Verdict {
	if !q.deleting() || !q.Snapshot.IsPlatformAdmin(q.Who) {
		return Verdict{}
	}
	var rr policy.RoleRequest
	if err := policy.Decode(q.Request.OldObject.Raw, &rr); err != nil {
		return Verdict{} // what cannot be read is better gone
	}
	concerned := q.Snapshot.ClustersMatching(rr.Spec.ClusterSelector.Selector)
	for _, info := range rr.Status.ClusterInfo {
		ref := info.Cluster.Ref()
		if c := q.Snapshot.Cluster(ref); c != nil && !rr.Spec.ClusterSelector.Matches(c.Metadata.Labels) {
			concerned = append(concerned, c)
		}
	}
	var paused []string
	for _, c := range concerned {
		if c.Spec.Paused {
			paused = append(paused, fmt.Sprint(policy.ClusterRef(c.Ref())))
		}
	}
	if len(paused) == 0 {
		return Verdict{}
	}
	return warn("paused clusters are not cleaned up, the tenant keeps his rights there: %s (unpause them first)", some(paused))
}
