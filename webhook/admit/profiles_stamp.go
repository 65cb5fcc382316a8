package admit

import (
	"maps"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// stampOwner writes the owner labels of the tenant who sends the request, where they are missing. It refuses nothing
// and corrects nothing: a label that names somebody else is left for ownerIsTrue to refuse, so that the user learns
// that he cannot write for another.
func stampOwner(q *Question) Verdict {
	w, err := q.profile()
	if err != nil || w.tenant == nil || w.leaving() {
		return Verdict{}
	}
	stamp := w.tenant.OwnerLabels()
	if w.oldFields != nil && !w.tenant.Owns(w.oldMeta.Labels) {
		return Verdict{}
	}
	var v Verdict
	if w.meta.Labels == nil {
		v.Patch = append(v.Patch, PatchOp{Op: "add", Path: "/metadata/labels", Value: map[string]string{}})
	}
	for _, key := range slices.Sorted(maps.Keys(stamp)) {
		if _, ok := w.meta.Labels[key]; !ok {
			v.Patch = append(v.Patch, PatchOp{Op: "add", Path: "/metadata/labels/" + escape(key), Value: stamp[key]})
		}
	}
	return v
}

var ownerKeys = []string{policy.LabelAdminName, policy.LabelServiceAccountName, policy.LabelServiceAccountNamespace}

// ownerOf picks the owner labels.
func ownerOf(labels map[string]string) map[string]string {
	owner := map[string]string{}
	for _, key := range ownerKeys {
		if v, ok := labels[key]; ok {
			owner[key] = v
		}
	}
	return owner
}

// escape writes a key into a JSON pointer (RFC 6901).
func escape(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}
