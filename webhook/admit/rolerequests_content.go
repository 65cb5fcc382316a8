package admit

import (
	"fmt"
	"slices"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/selector"
)

// contentIsRoles reads what a RoleRequest names. Sveltos passes over what is no Role or ClusterRole, and over what is
// missing, without a word: the former is refused, the latter may still come, and its writing is judged by the guard
// policysources. A live server follows only what some RoleRequest names, so what it hears of first with this one it does
// not know yet: that becomes a Problem of the policy then.
func contentIsRoles(q *Question, rr, old *policy.RoleRequest) Verdict {
	same := old != nil && q.grantsNoMore(rr, old)
	var all Verdict
	for _, ref := range q.Snapshot.SourcesOf(rr) {
		src := q.Snapshot.Source(ref)
		if src == nil {
			all.Warnings = append(all.Warnings, fmt.Sprintf("spec.roleRefs: %s is not known here, so nobody has judged what it holds", ref))
			continue
		}
		v := unless(same, judgeContent(src))
		all.Warnings = append(all.Warnings, v.Warnings...)
		if v.Refusal != nil {
			all.Refusal = v.Refusal
			return all
		}
	}
	return all
}

// judgeContent refuses a ConfigMap or Secret that holds something else than roles, or roles that must not be there.
func judgeContent(src *policy.Source) Verdict {
	roles, problems := src.RoleContents()
	for _, p := range problems {
		return invalid("", "%s: %s: %s%s", src.Ref(), p.Path, p.Message, hint(p.Hint))
	}
	seen := map[policy.Ref]bool{}
	for _, r := range roles {
		switch {
		case policy.IsReserved(r.Ref):
			return invalid("", "%s holds %s: that is Kubernetes' own, and would be overwritten in the clusters", src.Ref(), r.Ref)
		case seen[r.Ref]:
			return invalid("", "%s holds %s twice: one would overwrite the other", src.Ref(), r.Ref)
		}
		seen[r.Ref] = true
	}
	return Verdict{}
}

func hint(text string) string {
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}

// grantsNoMore says whether an update leaves what a RoleRequest gives as it was, or makes it less: the same tenant, no
// more clusters, no more references, and nobody else who acts as him.
func (q *Question) grantsNoMore(rr, old *policy.RoleRequest) bool {
	owner, err := q.Snapshot.Grantee(rr)
	before, err2 := q.Snapshot.Grantee(old)
	if err != nil || err2 != nil || owner != before || old.Spec.ClusterSelector.Err != nil || rr.Spec.ClusterSelector.Err != nil {
		return false
	}
	for _, key := range []string{policy.AnnotationUsers, policy.AnnotationGroups, policy.AnnotationExpires} {
		if rr.Metadata.Annotations[key] != old.Metadata.Annotations[key] {
			return false
		}
	}
	if selector.Contained(rr.Spec.ClusterSelector.Selector, old.Spec.ClusterSelector.Selector).Verdict != selector.Inside {
		return false
	}
	return !slices.ContainsFunc(rr.Spec.RoleRefs, func(ref policy.RoleRef) bool { return !slices.Contains(old.Spec.RoleRefs, ref) })
}
