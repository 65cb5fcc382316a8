package admit

import (
	"fmt"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// selectorIsMeant refuses a clusterSelector that cannot be read or matches nothing. Which clusters an empty one matches
// has changed: all of them up to Sveltos v0.8, none today, so nobody can mean it.
//
// It warns of two kinds that match more than people think of: those that ask for no label, which match every new
// cluster, and those that match the management cluster.
//
// Upstream: libsveltos lib/clusterproxy, GetMatchingClusters.
func selectorIsMeant(q *Question, rr, old *policy.RoleRequest) Verdict {
	const field = "spec.clusterSelector"
	sel := rr.Spec.ClusterSelector
	same := old != nil && sameSelector(sel, old.Spec.ClusterSelector)
	switch {
	case sel.Err != nil:
		return unless(same, invalid(field, "%v", sel.Err))
	case !sel.Set:
		return unless(same, invalid(field, "is missing, so no cluster would match"))
	case sel.Nothing():
		return unless(same, invalid(field, "matches no cluster at all"))
	case same:
		return Verdict{}
	}
	var v Verdict
	if sel.Matches(nil) {
		v.Warnings = append(v.Warnings, field+": matches clusters without any label, also those that are registered later")
	}
	if c := q.Snapshot.Cluster(managementCluster); c != nil && sel.Matches(c.Metadata.Labels) {
		v.Warnings = append(v.Warnings, fmt.Sprintf("%s: matches %s, the management cluster itself", field, c.Ref()))
	}
	return v
}

func sameSelector(a, b policy.ClusterSelector) bool {
	return a.Set == b.Set && a.String() == b.String() && fmt.Sprint(a.Err) == fmt.Sprint(b.Err)
}
