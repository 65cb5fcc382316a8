package admit

import (
	"github.com/bailiwick-dev/bailiwick/policy"
)

// credentialsAreItsOwn keeps a SveltosCluster from using the kubeconfig of another cluster of its namespace. Otherwise
// somebody registers a cluster with labels of his own, lets it use a neighbour's kubeconfig, and gets on the neighbour
// what his RoleRequests give him on his own.
//
// Upstream: libsveltos lib/clusterproxy, GetSveltosSecretData (spec.kubeconfigName; <name>-sveltos-kubeconfig by itself).
func credentialsAreItsOwn(q *Question, cluster, old *policy.Cluster) Verdict {
	name := cluster.Spec.KubeconfigName
	own := cluster.Metadata.Name + "-sveltos-kubeconfig"
	if cluster.Kind != policy.KindSveltosCluster || name == "" || name == own || trusted(q) {
		return Verdict{}
	}
	const field = "spec.kubeconfigName"
	if old != nil && old.Spec.KubeconfigName == name {
		return Verdict{}
	}
	return forbid("%s %q: only platform admins may let a cluster use another Secret than its own, %s", field, name, own)
}

// nameIsNotTaken keeps a SveltosCluster and a Cluster from having one name: Sveltos finds the kubeconfig of a tenant by
// the namespace and name of the cluster, whatever its kind.
//
// Upstream: libsveltos lib/roles, getListOptionsForSecret.
func nameIsNotTaken(q *Question, cluster, old *policy.Cluster) Verdict {
	twin := policy.ClusterRef(cluster.Ref())
	twin.Kind = policy.KindSveltosCluster
	if cluster.Kind == policy.KindSveltosCluster {
		twin.Kind = policy.KindCAPICluster
	}
	if old != nil || q.Snapshot.IsController(q.Who.Name) || q.Snapshot.Cluster(twin) == nil {
		return Verdict{}
	}
	const message = "there is a %s of this name in the namespace: Sveltos would use the tenants' kubeconfigs of one for the other"
	if q.Snapshot.IsPlatformAdmin(q.Who) {
		return warn(message, twin.Kind)
	}
	return forbid(message, twin.Kind)
}
