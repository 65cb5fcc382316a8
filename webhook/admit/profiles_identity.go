package admit

import (
	"github.com/bailiwick-dev/bailiwick/policy"
)

// identityExists refuses owner labels that do not name a tenant, whoever writes them: with an empty name, or with the
// name kubernetes-admin, Sveltos deploys with the cluster administrator's rights; with half of an identity it looks for
// credentials that there are not. Who wants the administrator's rights leaves the labels out.
//
// Upstream: libsveltos lib/clusterproxy/cluster_utils.go, addon-controller controllers/handlers_utils.go.
//
// An identity that no RoleRequest knows is only warned of: Sveltos finds no credentials for it either, and then sends
// what it should deploy to the management cluster, as its own account. Platform admins may write the profile first.
func identityExists(q *Question) Verdict {
	w, err := q.profile()
	if err != nil || w.leaving() {
		return Verdict{}
	}
	v := w.judge(badIdentity)
	if v.Refusal == nil && w.free && len(ownerOf(w.meta.Labels)) > 0 && w.Snapshot.OwnerOf(w.meta.Labels) == nil {
		v.Warnings = append(v.Warnings, "no RoleRequest gives "+list(ownerOf(w.meta.Labels))+" any cluster, so Sveltos has no credentials to deploy this with")
	}
	return v
}

func badIdentity(_ *profileWrite, object tree) []finding {
	var found []finding
	bad := func(key, message string) {
		found = append(found, finding{path: "metadata.labels[" + key + "]", message: message, invalid: true})
	}
	labels := map[string]string{}
	for _, value := range each(object, "metadata.labels") {
		fields, _ := value.(tree)
		for _, key := range ownerKeys {
			if value, ok := fields[key].(string); ok {
				labels[key] = value
			}
		}
	}
	for _, key := range ownerKeys {
		switch value, ok := labels[key]; {
		case ok && value == "":
			bad(key, "is empty, which Sveltos takes for the cluster administrator: leave the label out")
		case ok && value == policy.SveltosAdmin && key != policy.LabelServiceAccountNamespace:
			bad(key, policy.SveltosAdmin+" is Sveltos' name for the cluster administrator: leave the label out")
		}
	}
	_, name := labels[policy.LabelServiceAccountName]
	_, namespace := labels[policy.LabelServiceAccountNamespace]
	switch {
	case name && !namespace:
		bad(policy.LabelServiceAccountName, "names nobody without "+policy.LabelServiceAccountNamespace)
	case namespace && !name:
		bad(policy.LabelServiceAccountNamespace, "without "+policy.LabelServiceAccountName+" Sveltos takes it for the cluster administrator")
	}
	return found
}
