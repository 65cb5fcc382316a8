package admit

import (
	"github.com/bailiwick-dev/bailiwick/policy"
)

// credentialsAreAccessManagers leaves the Secrets with tenants' kubeconfigs to access-manager. Sveltos finds them by
// three labels alone: one that somebody else has planted in the namespace of a cluster is used as the tenant's, a second
// one stops him, and without any Sveltos deploys his profiles to the management cluster. The garbage collector deletes
// them with their RoleRequest.
//
// Upstream: libsveltos lib/roles, GetKubeconfig; lib/clusterproxy, getKubernetesRestConfigForAdmin.
func credentialsAreAccessManagers(q *Question, w *sourceWrite) Verdict {
	if len(roleLabels(w.object)) == 0 && len(roleLabels(w.old)) == 0 {
		return Verdict{}
	}
	sa, account := policy.ParseServiceAccount(q.Who.Name)
	switch {
	case q.Snapshot.IsPlatformAdmin(q.Who),
		account && sa.Name == "access-manager" && q.Snapshot.IsController(q.Who.Name),
		w.object == nil && policy.IsEssential(q.Who):
		return Verdict{}
	}
	return forbid("%s carries labels %s*, by which Sveltos finds the kubeconfigs of tenants: only access-manager writes these", w.ref, roleLabelPrefix)
}
