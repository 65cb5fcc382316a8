package admit

import (
	"github.com/bailiwick-dev/bailiwick/policy"
)

// accountIsClear refuses a RoleRequest that does not say for which ServiceAccount it is, or says so in a way that
// Sveltos could take for another: names with "--", whose account inside clusters could be another tenant's;
// kubernetes-admin, by which Sveltos means the administrator; and names that do not fit into a label.
//
// Upstream: libsveltos lib/roles, GetServiceAccountNameInManagedCluster; lib/clusterproxy, GetSecretData.
func accountIsClear(q *Question, rr, old *policy.RoleRequest) Verdict {
	if _, err := q.Snapshot.Grantee(rr); err != nil {
		same := old != nil && rr.Spec.ServiceAccountName == old.Spec.ServiceAccountName &&
			rr.Spec.ServiceAccountNamespace == old.Spec.ServiceAccountNamespace && rr.Spec.Admin == old.Spec.Admin
		return unless(same, invalid("spec", "%v", err))
	}
	return Verdict{}
}
