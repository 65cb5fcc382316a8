package policy

import (
	"iter"
	"slices"
)

// held is a cluster that a RoleRequest gives, or gave.
type held struct {
	request *request
	cluster *Cluster
	// stale is empty while the RoleRequest gives the cluster.
	stale string
}

// held yields for each RoleRequest the clusters that it gives, and those where access-manager has put its roles and
// from where it does not take them although the RoleRequest does not give them any more.
func (s *Snapshot) held() iter.Seq[held] {
	return func(yield func(held) bool) {
		for _, rq := range slices.Concat(s.requests, s.lapsed) {
			for _, cluster := range s.fleet.clusters {
				if rq.selector.Matches(cluster.Metadata.Labels) && !yield(held{rq, cluster, ""}) {
					return
				}
			}
			for _, left := range s.left(rq) {
				if !yield(left) {
					return
				}
			}
		}
	}
}

// left are the clusters that the status of a RoleRequest names and its selector does not match.
func (s *Snapshot) left(rq *request) []held {
	var all []held
	for _, info := range rq.object.Status.ClusterInfo {
		ref := info.Cluster.Ref()
		cluster := s.fleet.clusters[ref]
		switch {
		case info.Status == "Removed":
		case cluster == nil:
			cluster = &Cluster{}
			cluster.Kind, cluster.Metadata.Namespace, cluster.Metadata.Name = ref.Kind, ref.Namespace, ref.Name
			all = append(all, held{rq, cluster, "the policy does not hold the cluster"})
		case rq.selector.Nothing():
			all = append(all, held{rq, cluster, "the RoleRequest is not in force"})
		case !rq.selector.Matches(cluster.Metadata.Labels):
			all = append(all, held{rq, cluster, "its labels do not match " + rq.selector.String()})
		}
	}
	return all
}
