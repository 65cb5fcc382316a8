package admit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// inheritsNoCycle refuses a RoleTemplate that would inherit itself: Rancher would go round without end. It warns of
// templates that are not there.
func inheritsNoCycle(q *Question, rt, old *policy.RoleTemplate) Verdict {
	same := old != nil && slices.Equal(rt.RoleTemplateNames, old.RoleTemplateNames)
	if way := q.Snapshot.TemplateCycle(rt); way != nil {
		return unless(same, invalid("roleTemplateNames", "%s would inherit itself, leave one of these out: %s", rt.Ref(), strings.Join(way, " > ")))
	}
	if same {
		return Verdict{}
	}
	var missing []string
	for i, name := range rt.RoleTemplateNames {
		if len(missing) < maxListed && q.Snapshot.Template(name) == nil {
			missing = append(missing, fmt.Sprintf("roleTemplateNames[%d]: RoleTemplate %q is not known here, so it gives nothing yet", i, name))
		}
	}
	return Verdict{Warnings: missing}
}

// inheritsClusterRoles takes into a GlobalRole only RoleTemplates that may be bound on clusters. Those that it inherits
// already stay, as in Rancher.
func inheritsClusterRoles(q *Question, g, old *policy.GlobalRole) Verdict {
	for i, name := range g.InheritedClusterRoles {
		if old != nil && slices.Contains(old.InheritedClusterRoles, name) {
			continue
		}
		field := fmt.Sprintf("inheritedClusterRoles[%d]", i)
		switch rt := q.Snapshot.Template(name); {
		case rt == nil:
			return invalid(field, "RoleTemplate %q is not known here: name one that is there", name)
		case rt.Context != policy.ClusterContext:
			return invalid(field, "%s has the context %q: only one for clusters can be inherited here", rt.Ref(), rt.Context)
		case rt.Locked:
			return invalid(field, "%s is locked: it must not be given anew", rt.Ref())
		}
	}
	return Verdict{}
}
