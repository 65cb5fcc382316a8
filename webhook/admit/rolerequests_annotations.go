package admit

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// annotationsAreValid checks the annotations by which a RoleRequest lets people act as its tenant and ends by itself.
// Who would act for two tenants acts for neither, or only for the first, so that is refused. Users and groups of
// Kubernetes' own ("system:…") are not people: everybody would be in some of them.
func annotationsAreValid(q *Question, rr, old *policy.RoleRequest) Verdict {
	var all Verdict
	for _, key := range slices.Sorted(maps.Keys(rr.Metadata.Annotations)) {
		if !strings.HasPrefix(key, annotationPrefix) {
			continue
		}
		value := rr.Metadata.Annotations[key]
		was, had := "", false
		if old != nil {
			was, had = old.Metadata.Annotations[key]
		}
		v := unless(had && was == value, q.annotation(rr, key, value))
		all.Warnings = append(all.Warnings, v.Warnings...)
		if all.Refusal == nil {
			all.Refusal = v.Refusal
		}
	}
	return all
}

func (q *Question) annotation(rr *policy.RoleRequest, key, value string) Verdict {
	field := "metadata.annotations[" + key + "]"
	switch key {
	case policy.AnnotationUsers:
		return q.people(rr, field, value, func(name string) policy.Subject { return policy.Subject{Name: name} })
	case policy.AnnotationGroups:
		return q.people(rr, field, value, func(name string) policy.Subject { return policy.Subject{Groups: []string{name}} })
	case policy.AnnotationExpires:
		return q.end(field, value)
	}
	return warn("%s: is not known, so it means nothing; known are %s, %s and %s", field, policy.AnnotationUsers, policy.AnnotationGroups, policy.AnnotationExpires)
}

func (q *Question) end(field, value string) Verdict {
	switch end, err := time.Parse(time.RFC3339, value); {
	case err != nil:
		return invalid(field, "%q is no time; write it like 2027-01-31T18:00:00Z", value)
	case !end.After(q.Now):
		return warn("%s: %s is over, so this gives nothing", field, value)
	}
	return Verdict{}
}

// people checks a comma list of users or groups.
func (q *Question) people(rr *policy.RoleRequest, field, value string, subject func(string) policy.Subject) Verdict {
	owner, err := q.Snapshot.Grantee(rr)
	for name := range strings.SplitSeq(value, ",") {
		name = strings.TrimSpace(name)
		switch {
		case name == "":
			return invalid(field, "%q has an empty name in it", value)
		case strings.HasPrefix(name, "system:") && !isAccount(name):
			return invalid(field, "%q is Kubernetes' own: name people, their groups, or ServiceAccounts", name)
		}
		if other := q.Snapshot.Tenant(subject(name)); err == nil && other != nil && other.Owner != owner {
			return invalid(field, "%q acts for another tenant already%s", name, q.toAdmins(fmt.Sprintf(", %s", other.Owner)))
		}
	}
	return Verdict{}
}

// isAccount says whether a user or group is one ServiceAccount, or all of a namespace.
func isAccount(name string) bool {
	_, account := policy.ParseServiceAccount(name)
	namespace, group := strings.CutPrefix(name, "system:serviceaccounts:")
	return account || group && namespace != "" && namespace != "kube-system"
}
