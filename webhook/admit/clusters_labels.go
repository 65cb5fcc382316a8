package admit

import (
	"maps"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// labelsAreHeld judges the labels at which a RoleRequest or a set looks: setting one, changing it, taking it off, and
// making a cluster that comes into a selector, be it only because it lacks a label.
//
// A tenant may do it when his RoleRequests give him the cluster before and after, so that he neither takes nor gives
// it, and when it comes into and leaves no selector: not that of another, and not one of his own either, which may give
// him more rights there than he had. A cluster that he makes comes into his own, of course. Anybody else may not.
func labelsAreHeld(q *Question, cluster, old *policy.Cluster) Verdict {
	if trusted(q) {
		return Verdict{}
	}
	before := labelsOf(old)
	keys := q.selectedKeys(cluster, before)
	moved := q.moved(cluster, before)
	if len(keys) == 0 && len(moved) == 0 {
		return Verdict{}
	}
	what := "its labels decide"
	switch len(keys) {
	case 0:
	case 1:
		what = "its label " + keys[0] + " decides"
	default:
		what = "its labels " + strings.Join(keys, ", ") + " decide"
	}
	tenant := q.Snapshot.Tenant(q.Who)
	if tenant == nil {
		return forbid("%s who holds %s: only platform admins may write that", what, cluster.Ref())
	}
	switch {
	case old != nil && !tenant.Holds(before):
		return forbid("%s who holds %s, and your RoleRequests do not give you that cluster: only platform admins may write that", what, cluster.Ref())
	case !tenant.Holds(cluster.Metadata.Labels):
		return forbid("%s who holds %s, and with these labels your RoleRequests do not give it to you: only platform admins may write that", what, cluster.Ref())
	case old != nil && len(moved) > 0, slices.ContainsFunc(moved, notOf(tenant)):
		return forbid("%s who holds %s, and with these labels it comes into other hands or out of some: only platform admins may write that", what, cluster.Ref())
	}
	return Verdict{}
}

// labelsOf are the labels of a cluster that exists, nil for one that does not.
func labelsOf(old *policy.Cluster) map[string]string {
	if old == nil {
		return nil
	}
	if old.Metadata.Labels == nil {
		return map[string]string{}
	}
	return old.Metadata.Labels
}

// selectedKeys are the keys that differ and that a RoleRequest or a set looks at, sorted.
func (q *Question) selectedKeys(cluster *policy.Cluster, before map[string]string) []string {
	after := cluster.Metadata.Labels
	selected := map[string]bool{}
	for _, side := range []map[string]string{before, after} {
		for key := range side {
			was, had := before[key]
			is, has := after[key]
			if (had != has || was != is) && slices.ContainsFunc(q.Snapshot.SelectedBy(key), reaches(cluster)) {
				selected[key] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(selected))
}

// moved are the selectors that a cluster comes into or leaves.
func (q *Question) moved(cluster *policy.Cluster, before map[string]string) []*policy.Selecting {
	return slices.DeleteFunc(q.Snapshot.Moved(before, cluster.Metadata.Labels), func(s *policy.Selecting) bool { return !reaches(cluster)(s) })
}

// reaches says of a selector whether it can match a cluster by where it is: a Set looks at its own namespace only.
func reaches(cluster *policy.Cluster) func(*policy.Selecting) bool {
	return func(s *policy.Selecting) bool {
		return s.Origin.Namespace == "" || s.Origin.Namespace == cluster.Metadata.Namespace
	}
}

// notOf says of a selector whether it is somebody else's.
func notOf(tenant *policy.Tenant) func(*policy.Selecting) bool {
	return func(s *policy.Selecting) bool { return !slices.Contains(s.Owners, tenant.Owner) }
}
