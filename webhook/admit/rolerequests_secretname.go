package admit

import (
	"github.com/bailiwick-dev/bailiwick/policy"
)

// secretNameIsFree refuses a RoleRequest whose kubeconfig on some cluster would get the name of another tenant's.
// access-manager puts it into the namespace of the cluster, as sveltos-<SHA-256 of cluster, account namespace and
// account name>, with nothing between the three: cluster "a" of "bc/d" and cluster "ab" of "c/d" are one name.
//
// Upstream: libsveltos lib/roles, createSecret.
func secretNameIsFree(q *Question, rr, old *policy.RoleRequest) Verdict {
	owner, err := q.Snapshot.Grantee(rr)
	if err != nil || old != nil && q.grantsNoMore(rr, old) {
		return Verdict{}
	}
	accounts := map[string][]*policy.RoleRequest{}
	for _, other := range q.Snapshot.RoleRequests() {
		if o, err := q.Snapshot.Grantee(other); err == nil && o != owner {
			accounts[o.Namespace+o.Name] = append(accounts[o.Namespace+o.Name], other)
		}
	}
	for _, cluster := range q.Snapshot.ClustersMatching(rr.Spec.ClusterSelector.Selector) {
		hashed := cluster.Metadata.Name + owner.Namespace + owner.Name
		for n := 1; n < len(hashed); n++ {
			if other := q.collides(cluster, hashed[:n], accounts[hashed[n:]]); other != nil {
				return invalid("spec", "on %s the Secret with the kubeconfig of %s would have the name of another's%s: choose another ServiceAccount",
					cluster.Ref(), owner, q.toAdmins(", that of "+other.Ref().String()))
			}
		}
	}
	return Verdict{}
}

// collides is the first of some RoleRequests that gives the cluster of that name in the same namespace.
func (q *Question) collides(cluster *policy.Cluster, name string, others []*policy.RoleRequest) *policy.RoleRequest {
	if len(others) == 0 {
		return nil
	}
	for _, kind := range []string{policy.KindSveltosCluster, policy.KindCAPICluster} {
		c := q.Snapshot.Cluster(policy.ClusterRef{Kind: kind, Namespace: cluster.Metadata.Namespace, Name: name})
		for _, other := range others {
			if c != nil && other.Spec.ClusterSelector.Matches(c.Metadata.Labels) {
				return other
			}
		}
	}
	return nil
}

// toAdmins is a text that only platform admins may read, since it names what is others'.
func (q *Question) toAdmins(text string) string {
	if q.Snapshot.IsPlatformAdmin(q.Who) {
		return text
	}
	return ""
}
