package admit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/api/v1alpha1"
	"github.com/bailiwick-dev/bailiwick/policy"
)

// subjectsExist refuses a user who is not there, where users are objects: in Rancher, whose ids look like u-abcde. All
// others are names that nobody can look up, which it says: of groups and of users from elsewhere there are no objects, and
// a ServiceAccount is one of the clusters where the role holds.
//
// Upstream: USER_MUST_EXIST_IN_DB.
func subjectsExist(q *Question, ra, old *policy.RoleAssignment) Verdict {
	var unknown []string
	for _, s := range newSubjects(ra, old) {
		switch {
		case s.Kind == v1alpha1.SubjectEveryone, s.Kind == v1alpha1.SubjectUser && q.Snapshot.KnowsUser(s.Name):
		case s.Kind == v1alpha1.SubjectUser && q.Snapshot.KnowsUsers() && isRancherID(s.Name):
			at := slices.Index(ra.Spec.Subjects, s)
			return invalid(fmt.Sprintf("spec.subjects[%d].name", at), "Rancher knows no user %q", s.Name)
		default:
			unknown = append(unknown, policy.SubjectText(s))
		}
	}
	if len(unknown) == 0 {
		return Verdict{}
	}
	return warn("spec.subjects: nobody can look up here whether there is %s", some(unknown))
}

// isRancherID says whether a name looks like those that Rancher gives to users.
//
// Upstream: rancher pkg/auth/data (user-), pkg/auth/providers/common (u-).
func isRancherID(name string) bool {
	return strings.HasPrefix(name, "u-") || strings.HasPrefix(name, "user-")
}
