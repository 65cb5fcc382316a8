package admit

import (
	"fmt"
	"strings"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// namesOne refuses a binding that is for nobody, or for two: Rancher makes nothing of it. It is judged as it would be
// stored, whatever it was before. A user may be named by his id and his principal both.
//
// Upstream: rancher pkg/rbac, BuildSubjectFromRTB.
func namesOne(_ *Question, b, old *binding) Verdict {
	same := old != nil && sameNames(b, old)
	var named []string
	for _, way := range [][]bindingField{nameFields[:2], nameFields[2:3], nameFields[3:], {{"serviceAccount", func(b *binding) string { return b.ServiceAccount }}}} {
		for _, f := range way {
			if f.of(b) != "" {
				named = append(named, f.path)
				break
			}
		}
	}
	_, isAccount := policy.ParseServiceAccount("system:serviceaccount:" + b.ServiceAccount)
	switch {
	case len(named) == 0:
		return unless(same, invalid("", "the binding is for nobody: name a user by userName or userPrincipalName, or a group by groupPrincipalName"))
	case len(named) > 1:
		return unless(same, invalid(named[1], "the binding is for %s already: make another one for this", named[0]))
	case b.ServiceAccount != "" && !isAccount:
		return unless(same, invalid("serviceAccount", "%q is no account: write it as <namespace>:<name>", b.ServiceAccount))
	case same:
		return Verdict{}
	}
	return Verdict{Warnings: notIDs(b)}
}

// notIDs warns of names by which Rancher knows nobody: those with which people log in, instead of ids.
func notIDs(b *binding) []string {
	var warnings []string
	if name := b.UserName; name != "" && !strings.HasPrefix(name, "u-") && !strings.HasPrefix(name, "user-") && !strings.HasPrefix(name, "system:") {
		warnings = append(warnings, fmt.Sprintf("userName: %q does not look like the id of a user, as u-abcde: a login name gives nothing", name))
	}
	for _, f := range []bindingField{nameFields[1], nameFields[3]} {
		if name := f.of(b); name != "" && !strings.Contains(name, "://") && !strings.HasPrefix(name, "system:") {
			warnings = append(warnings, fmt.Sprintf("%s: %q does not look like the id of a principal, as github_team://123", f.path, name))
		}
	}
	return warnings
}
