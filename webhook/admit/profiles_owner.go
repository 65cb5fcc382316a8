package admit

import (
	"maps"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// ownerIsTrue keeps profiles to their owners: whoever changes or deletes one has to be its owner, and it has to carry
// his labels, and all of them, once every mutating webhook has run.
//
// Without them, or with those of another, Sveltos deploys with somebody else's rights; and who changes another's profile
// lends his rights to what he writes into it.
//
// Who writes for a tenant that he may impersonate counts as that tenant, and can no more give a profile away than the
// tenant can. Controllers are told apart in generatedFromItsSource. What is being deleted always passes, so that
// finalizers can be removed.
func ownerIsTrue(q *Question) Verdict {
	w, err := q.profile()
	switch {
	case err != nil:
		return invalid("", "%v", err)
	case w.free, w.controller, w.left():
		return Verdict{}
	case w.deleting() && formerOwner(w):
		return Verdict{}
	case w.tenant == nil:
		return noTenant(w)
	}
	stamp := w.tenant.OwnerLabels()
	if w.oldFields != nil && !w.tenant.Owns(w.oldMeta.Labels) {
		return forbid("%s is not yours: its owner labels do not name %q", w.what(), w.tenant.Owner)
	}
	if w.deleting() {
		return Verdict{}
	}
	return carries(w, stamp)
}

// carries compares the labels with what they have to be.
func carries(w *profileWrite, stamp map[string]string) Verdict {
	for _, key := range slices.Sorted(maps.Keys(stamp)) {
		if have, ok := w.meta.Labels[key]; ok && have != stamp[key] {
			return forbid("label %s is %q, but you are %q: leave the label out, it is written for you", key, have, stamp[key])
		}
	}
	if !maps.Equal(ownerOf(w.meta.Labels), stamp) {
		return forbid("%s does not carry %s (%s)", w.what(), w.your("owner labels"), list(stamp))
	}
	return Verdict{}
}

// formerOwner is an account that may delete what carries its name, also when it has lost its last RoleRequest.
func formerOwner(w *profileWrite) bool {
	sa, ok := policy.ParseServiceAccount(w.Who.Name)
	return ok && sa.Name == w.oldMeta.Labels[policy.LabelServiceAccountName] &&
		sa.Namespace == w.oldMeta.Labels[policy.LabelServiceAccountNamespace]
}

// what names the object, also when a whole collection is deleted and the request names none.
func (w *profileWrite) what() policy.Ref {
	ref := w.object()
	if ref.Name == "" {
		ref.Name = w.oldMeta.Name
	}
	return ref
}

func noTenant(w *profileWrite) Verdict {
	return forbid("no RoleRequest gives %q any cluster: ask a platform admin for one", w.Who.Name)
}

func list(labels map[string]string) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		parts = append(parts, key+"="+labels[key])
	}
	return strings.Join(parts, ", ")
}
