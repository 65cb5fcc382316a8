package admit

import (
	"maps"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// forCluster is what Sveltos made for one cluster.
type forCluster struct {
	policy.Object
	Spec struct {
		ClusterName string `json:"clusterName"`
	} `json:"spec"`
}

// agentWrites says whether the user is the agent of a cluster in pull mode and writes what is for that cluster, as it
// was and as it will be, without making it somebody else's. The agent has the account that is called like its cluster,
// in the same namespace (sveltosctl internal/commands/onboard/pullmode.go), and several clusters may share that.
func agentWrites(q *Question, object, old *forCluster) bool {
	sa, ok := policy.ParseServiceAccount(q.Who.Name)
	if !ok || sa.Namespace != q.Request.Namespace {
		return false
	}
	cluster := q.Snapshot.Cluster(policy.ClusterRef{Kind: policy.KindSveltosCluster, Namespace: sa.Namespace, Name: sa.Name})
	switch {
	case cluster == nil || !pulls(cluster):
		return false
	case q.deleting():
		return old.isFor(sa.Name)
	case q.updating():
		return old.isFor(sa.Name) && object.isFor(sa.Name) && maps.Equal(ownerOf(old.Metadata.Labels), ownerOf(object.Metadata.Labels))
	default:
		return object.isFor(sa.Name)
	}
}

// isFor reads the labels that say for which cluster something is, and the spec where it says so too.
//
// Upstream: addon-controller api/v1beta1 ClusterNameLabel, libsveltos lib/pullmode/utils.go.
func (c *forCluster) isFor(name string) bool {
	labels := c.Metadata.Labels
	return (labels["projectsveltos.io/cluster-name"] == name || labels["pullmode.projectsveltos.io/clustername"] == name) &&
		(c.Spec.ClusterName == "" || c.Spec.ClusterName == name)
}
