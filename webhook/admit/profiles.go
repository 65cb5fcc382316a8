package admit

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	admissionregv1 "k8s.io/api/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// profiles guards what is deployed to which clusters.
//
// Sveltos deploys a profile with the rights of the tenant that its labels name, and with the cluster administrator's
// when they name nobody. So: the labels are written from who sends the request, never taken from the object; a tenant
// writes only his own profiles; and his selector has to stay inside the clusters that a RoleRequest gives him. Only
// platform admins are free of this. Sveltos' own controllers may update, but never change an owner.
var profiles = Guard{
	Name: "profiles",
	Doc: "Stamps ClusterProfiles and Profiles with the labels of the tenant who writes them, " +
		"and refuses those that reach beyond the clusters his RoleRequests give him.",
	Rules: []admissionregv1.RuleWithOperations{
		onWrite(policy.SveltosConfigGroup, "clusterprofiles", admissionregv1.ClusterScope),
		onWrite(policy.SveltosConfigGroup, "profiles", admissionregv1.NamespacedScope),
	},
	Mutate: stampOwner,
	Checks: []Check{ownerIsTrue, selectorIsGranted},
}

// stampOwner writes the owner labels of the tenant who sends the request. A label that names somebody else is
// refused, not corrected: the user has to know that he cannot write for another. Whose profile an update changes is
// asked before that, so that no label of another tenant's profile is repeated to him.
func stampOwner(q *Question) Verdict {
	if q.Snapshot.IsPlatformAdmin(q.Who) || q.Snapshot.IsController(q.Who.Name) {
		return Verdict{}
	}
	profile, old, err := decode[policy.Profile](q)
	switch {
	case err != nil:
		return invalid("", "%v", err)
	case profile.Metadata.DeletionTimestamp != nil:
		return Verdict{}
	}
	tenant := q.Snapshot.Tenant(q.Who)
	if tenant == nil {
		return noTenant(q)
	}
	stamp := tenant.OwnerLabels()
	if old != nil && !ownedBy(ownerOf(old), stamp) {
		return notYours(q, tenant)
	}
	labels := profile.Metadata.Labels
	var v Verdict
	if labels == nil {
		v.Patch = append(v.Patch, PatchOp{Op: "add", Path: "/metadata/labels", Value: map[string]string{}})
	}
	for _, key := range slices.Sorted(maps.Keys(stamp)) {
		switch have, ok := labels[key]; {
		case !ok:
			v.Patch = append(v.Patch, PatchOp{Op: "add", Path: "/metadata/labels/" + escape(key), Value: stamp[key]})
		case have != stamp[key]:
			return forbid("label %s is %q, but you are %q: leave the label out, it is written for you", key, have, stamp[key])
		}
	}
	return v
}

// ownerIsTrue checks the labels after every mutating webhook has run: those of a tenant's profile are his own, and an
// update never changes them.
func ownerIsTrue(q *Question) Verdict {
	profile, old, err := decode[policy.Profile](q)
	switch {
	case err != nil:
		return invalid("", "%v", err)
	case q.Snapshot.IsPlatformAdmin(q.Who), profile.Metadata.DeletionTimestamp != nil:
		return Verdict{}
	case q.Snapshot.IsController(q.Who.Name):
		if old != nil && !maps.Equal(ownerOf(profile), ownerOf(old)) {
			return forbid("%s changes the owner labels of %s", q.Who.Name, q.object())
		}
		return Verdict{}
	}
	tenant := q.Snapshot.Tenant(q.Who)
	if tenant == nil {
		return noTenant(q)
	}
	stamp := tenant.OwnerLabels()
	if old != nil && !ownedBy(ownerOf(old), stamp) {
		return notYours(q, tenant)
	}
	if !maps.Equal(ownerOf(profile), stamp) {
		return forbid("%s does not carry your owner labels (%s)", q.object(), text(stamp))
	}
	return Verdict{}
}

// selectorIsGranted keeps a tenant's clusterSelector inside one of the selectors that RoleRequests give him. A
// selector that an update leaves as it was passes with a warning: the object is there already.
func selectorIsGranted(q *Question) Verdict {
	if q.Snapshot.IsPlatformAdmin(q.Who) || q.Snapshot.IsController(q.Who.Name) {
		return Verdict{}
	}
	profile, old, err := decode[policy.Profile](q)
	tenant := q.Snapshot.Tenant(q.Who)
	if err != nil || tenant == nil || profile.Metadata.DeletionTimestamp != nil {
		return Verdict{} // ownerIsTrue has answered
	}
	const field = "spec.clusterSelector"
	sel := profile.Spec.ClusterSelector
	switch {
	case sel.Err != nil && unchanged(sel, old):
		return warn("%s: %v (unchanged, so this update passes)", field, sel.Err)
	case sel.Err != nil:
		return invalid(field, "%v", sel.Err)
	case sel.Nothing() && sel.Set:
		return warn("%s matches no cluster", field)
	}
	var missing []string
	for _, granted := range tenant.Requests {
		requirement, lacks := sel.Lacks(granted.Selector)
		if !lacks {
			return Verdict{}
		}
		missing = append(missing, fmt.Sprintf("%s requires %s", granted.Origin, requirement))
	}
	if sel.Nothing() {
		return Verdict{}
	}
	message := fmt.Sprintf("%s %q reaches beyond your clusters: %s", field, sel.String(), strings.Join(missing, "; "))
	if unchanged(sel, old) {
		return warn("%s (unchanged, so this update passes)", message)
	}
	return forbid("%s", message)
}

// unchanged says whether an update leaves the selector as it was; old is nil on a create.
func unchanged(sel policy.ClusterSelector, old *policy.Profile) bool {
	if old == nil {
		return false
	}
	was := old.Spec.ClusterSelector
	return sel.String() == was.String() && fmt.Sprint(sel.Err) == fmt.Sprint(was.Err)
}

func notYours(q *Question, tenant *policy.Tenant) Verdict {
	return forbid("%s is not yours: its owner labels do not name %q", q.object(), tenant.Owner)
}

func noTenant(q *Question) Verdict {
	return forbid("no RoleRequest gives %q any cluster: ask a platform admin for one", q.Who.Name)
}

var ownerKeys = []string{policy.LabelAdminName, policy.LabelServiceAccountName, policy.LabelServiceAccountNamespace}

// ownerOf picks the owner labels of a profile.
func ownerOf(p *policy.Profile) map[string]string {
	owner := map[string]string{}
	for _, key := range ownerKeys {
		if v, ok := p.Metadata.Labels[key]; ok {
			owner[key] = v
		}
	}
	return owner
}

// ownedBy says whether the labels name the owner of the stamp. Profiles from before Bailiwick carry only some of them.
func ownedBy(owner, stamp map[string]string) bool {
	for key, v := range owner {
		if stamp[key] != v {
			return false
		}
	}
	_, byAccount := owner[policy.LabelServiceAccountName]
	_, byAdmin := owner[policy.LabelAdminName]
	return byAccount || byAdmin
}

func text(labels map[string]string) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		parts = append(parts, key+"="+labels[key])
	}
	return strings.Join(parts, ", ")
}

// escape writes a key into a JSON pointer (RFC 6901).
func escape(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}
