package admit

import (
	"cmp"
	"fmt"

	admissionregv1 "k8s.io/api/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// roleTemplates guards Rancher's roles. They stand in the cluster on which Rancher runs, and Rancher turns them into
// RBAC on all of its clusters with the rights of an administrator and without asking who wrote them.
//
// Rancher's own controllers are not bound: they write what Rancher itself brings.
//
// Upstream: rancher/webhook pkg/resources/management.cattle.io/v3/{roletemplate,globalrole}.
var roleTemplates = Guard{
	Name: "roletemplates",
	Doc: "Refuses RoleTemplates and GlobalRoles of Rancher that give more than their writer holds, inherit themselves or mean nothing; " +
		"keeps the built-in ones as they are and those that others inherit.",
	Rules: []admissionregv1.RuleWithOperations{
		alsoOnDelete(onWrite(policy.RancherGroup, templateResource, admissionregv1.ClusterScope)),
		alsoOnDelete(onWrite(policy.RancherGroup, globalRoleResource, admissionregv1.ClusterScope)),
	},
	Checks: []Check{
		{"builtin", byResource{
			templateResource:   builtinStays("clusterCreatorDefault", "projectCreatorDefault", "locked"),
			globalRoleResource: builtinStays("newUserDefault"),
		}.judge},
		{"inuse", byResource{templateResource: templateIsNotNeeded}.judge},
		{"context", byResource{templateResource: judge(fieldsFitContext)}.judge},
		{"rules", byResource{templateResource: judge(templateRulesAreRules), globalRoleResource: judge(globalRulesAreRules)}.judge},
		{"inherits", byResource{templateResource: judge(inheritsNoCycle), globalRoleResource: judge(inheritsClusterRoles)}.judge},
		{"escalation", byResource{templateResource: judgeToTheEnd(templateGivesWhatIsHeld), globalRoleResource: judgeToTheEnd(globalRoleGivesWhatIsHeld)}.judge},
	},
	Unblocked: policy.RancherControllers(), // who are not bound anyway
}

const (
	templateResource   = "roletemplates"
	globalRoleResource = "globalroles"
)

// byResource is a check that says something else of each kind of object, and nothing of those that are not named.
type byResource map[string]func(*Question) Verdict

func (b byResource) judge(q *Question) Verdict {
	rule := b[q.Request.Resource.Resource]
	if rule == nil || q.Snapshot.IsController(q.Who.Name) {
		return Verdict{}
	}
	return rule(q)
}

// templateIsNotNeeded refuses to delete a RoleTemplate that others inherit. One that is bound may go, as in Rancher and
// since a chart that is uninstalled takes its roles along; those who have it lose what it gave.
func templateIsNotNeeded(q *Question) Verdict {
	if !q.deleting() {
		return Verdict{}
	}
	name := q.deleted().Metadata.Name
	if heirs := q.Snapshot.InheritedBy(name); len(heirs) > 0 {
		texts := make([]string, len(heirs))
		for i, heir := range heirs {
			texts[i] = heir.String()
		}
		return invalid("", "RoleTemplate %q is inherited, take it out there first: %s", name, some(texts))
	}
	if n := q.Snapshot.BoundTimes(name); n > 0 {
		return warn("without RoleTemplate %q its bindings give nothing any more: %d", name, n)
	}
	return Verdict{}
}

// deleted is the head of the object that goes away. A request to delete a collection names no object.
func (q *Question) deleted() policy.Object {
	var old policy.Object
	_ = policy.Decode(q.Request.OldObject.Raw, &old) // what cannot be read has no name but the request's
	old.Metadata.Name = cmp.Or(old.Metadata.Name, q.Request.Name)
	return old
}

// fieldsFitContext refuses fields that mean nothing in the context of a RoleTemplate.
func fieldsFitContext(_ *Question, rt, old *policy.RoleTemplate) Verdict {
	was := policy.RoleTemplate{}
	if old != nil {
		was = *old
	}
	const only = "only a RoleTemplate with %s can have it"
	context := func(name string) string { return fmt.Sprintf("context: %s", name) }
	switch same := old != nil && was.Context == rt.Context; {
	case rt.Context != "" && rt.Context != policy.ClusterContext && rt.Context != policy.ProjectContext:
		return unless(same, invalid("context", "%q is neither %s nor %s nor empty", rt.Context, policy.ClusterContext, policy.ProjectContext))
	case rt.Administrative && rt.Context != policy.ClusterContext:
		return unless(same && was.Administrative, invalid("administrative", only, context(policy.ClusterContext)))
	case rt.ProjectCreatorDefault && rt.Context != policy.ProjectContext:
		return unless(same && was.ProjectCreatorDefault, invalid("projectCreatorDefault", only, context(policy.ProjectContext)))
	case rt.ExternalRules != nil && !rt.External:
		return unless(was.ExternalRules != nil && !was.External, invalid("externalRules", only, "external: true"))
	}
	return Verdict{}
}
