package admit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// movesAreTold tells platform admins, and nobody else, in whose hands a change of labels puts a cluster. Out of a
// RoleRequest's hands it comes only half: access-manager does not take back what it has given there until the
// RoleRequest is deleted.
//
// Upstream: access-manager controllers/rolerequest_*.go, updateClusterInfo (status.clusterInfo only grows).
func movesAreTold(q *Question, cluster, old *policy.Cluster) Verdict {
	if old == nil || !q.Snapshot.IsPlatformAdmin(q.Who) {
		return Verdict{}
	}
	var left, came []string
	for _, s := range q.moved(cluster, labelsOf(old)) {
		text := fmt.Sprintf("%s (%s)", s.Origin, s.Selector)
		switch {
		case s.Selector.Matches(cluster.Metadata.Labels):
			came = append(came, text)
		case s.Origin.Kind == "RoleRequest":
			left = append(left, text+", whose tenant keeps his rights there until it is deleted")
		default:
			left = append(left, text)
		}
	}
	var v Verdict
	if len(left) > 0 {
		v.Warnings = append(v.Warnings, fmt.Sprintf("%s leaves %s", cluster.Ref(), some(left)))
	}
	if len(came) > 0 {
		v.Warnings = append(v.Warnings, fmt.Sprintf("%s comes into %s", cluster.Ref(), some(came)))
	}
	return v
}

// maxListed bounds how many things a message lists, since the API server cuts long warnings.
const maxListed = 4

// some lists the first of many.
func some(list []string) string {
	if len(list) > maxListed {
		list = append(slices.Clone(list[:maxListed]), fmt.Sprintf("%d more", len(list)-maxListed))
	}
	return strings.Join(list, "; ")
}
