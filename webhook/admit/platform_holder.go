package admit

import (
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admission/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// platformIsHeld asks for the right to write the kind in all namespaces, which a role in a project does not give.
func platformIsHeld(q *Question, kind *platformKind, _ *platformObject) Verdict {
	verbs := []string{"update", "patch"} // the request does not say which it was
	if q.Request.Operation == admissionv1.Create {
		verbs = []string{"create"}
	}
	everywhere := func(verb string) bool {
		return q.Snapshot.Can(q.Who, &policy.Ask{Verb: verb, Group: harvesterGroup, Resource: kind.resource})
	}
	if kind.where != nil && !kind.where.has(q.Request.Namespace) || slices.ContainsFunc(verbs, everywhere) {
		return Verdict{}
	}
	return forbid("%s: %s, so this takes the right to %s %s in all namespaces%s",
		q.object(), kind.why, strings.Join(verbs, " or "), kind.resource, q.unknownRights())
}
