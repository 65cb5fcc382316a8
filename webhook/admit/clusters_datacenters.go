package admit

import (
	"slices"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// clusterMovesByRight judges labels by which a cluster that is there comes into a DataCenter or leaves one: roles on it hold
// on its clusters. It takes EDIT_CLUSTER_CONFIGURATION on the cluster, and CREATE_CLUSTER on each DataCenter that it comes
// into.
//
// Upstream: ovirt-engine UpdateClusterCommand and AddClusterCommand, getPermissionCheckSubjects.
func clusterMovesByRight(q *Question, cluster, old *policy.Cluster) Verdict {
	if old == nil || trusted(q) {
		return Verdict{}
	}
	before, after := q.Snapshot.DataCentersMatching(old.Metadata.Labels), q.Snapshot.DataCentersMatching(cluster.Metadata.Labels)
	if slices.Equal(before, after) {
		return Verdict{}
	}
	ref := policy.ClusterRef(cluster.Ref())
	if !q.Snapshot.HoldsOn(q.Who, ovirt.EditClusterConfiguration, clusterNamed(cluster)) {
		return forbid("these labels move %s between DataCenters: that takes EDIT_CLUSTER_CONFIGURATION on the cluster", ref)
	}
	for _, name := range after {
		if !slices.Contains(before, name) && !q.Snapshot.HoldsOn(q.Who, ovirt.CreateCluster, dataCenterNamed(name)) {
			return forbid("these labels move %s into another DataCenter: that takes CREATE_CLUSTER on it", ref)
		}
	}
	return Verdict{}
}
