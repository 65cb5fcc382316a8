package admit

import (
	"fmt"
	"maps"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// ruleLists are the rules of a role by the field in which they stand.
type ruleLists map[string]ruleList

type ruleList struct {
	rules []rbacv1.PolicyRule
	// namespaced rules hold in namespaces only.
	namespaced bool
}

// templateRulesAreRules refuses rules that RBAC would not take, since Rancher could not write them on any cluster, and
// paths in a role for projects, where they have no effect.
func templateRulesAreRules(_ *Question, rt, old *policy.RoleTemplate) Verdict {
	return areRules(rulesOfTemplate(rt), rulesOfTemplate(old))
}

// globalRulesAreRules refuses them in a GlobalRole.
func globalRulesAreRules(_ *Question, g, old *policy.GlobalRole) Verdict {
	return areRules(rulesOfGlobalRole(g), rulesOfGlobalRole(old))
}

func rulesOfTemplate(rt *policy.RoleTemplate) ruleLists {
	if rt == nil {
		return nil
	}
	inProject := rt.Context == policy.ProjectContext
	return ruleLists{"rules": {rt.Rules, inProject}, "externalRules": {rt.ExternalRules, inProject}}
}

func rulesOfGlobalRole(g *policy.GlobalRole) ruleLists {
	if g == nil {
		return nil
	}
	lists := ruleLists{"rules": {g.Rules, false}}
	for field, byNamespace := range map[string]map[string][]rbacv1.PolicyRule{
		"namespacedRules": g.NamespacedRules, "inheritedNamespacedRules": g.InheritedNamespacedRules,
	} {
		for namespace, rules := range byNamespace {
			lists[field+"["+namespace+"]"] = ruleList{rules, true}
		}
	}
	if p := g.InheritedFleetWorkspacePermissions; p != nil {
		lists["inheritedFleetWorkspacePermissions.resourceRules"] = ruleList{p.ResourceRules, true}
	}
	return lists
}

// maxCauses bounds how many mistakes one answer names.
const maxCauses = 20

// areRules tells what is wrong. What stood there before is only warned of.
func areRules(lists, old ruleLists) Verdict {
	var v Verdict
	var causes []metav1.StatusCause
	for _, field := range slices.Sorted(maps.Keys(lists)) {
		list, was := lists[field], old[field]
		for i := range list.rules {
			rule := &list.rules[i]
			path, message := wrongRule(rule, list.namespaced)
			switch {
			case message == "":
			case list.namespaced == was.namespaced && slices.ContainsFunc(was.rules, func(r rbacv1.PolicyRule) bool { return sameRule(rule, &r) }):
				v.Warnings = append(v.Warnings, fmt.Sprintf("%s[%d].%s: %s%s", field, i, path, message, unchangedNote))
			default:
				causes = append(causes, metav1.StatusCause{Type: metav1.CauseTypeFieldValueInvalid, Field: fmt.Sprintf("%s[%d].%s", field, i, path), Message: message})
			}
			if len(causes) == maxCauses {
				return invalidCauses(causes...)
			}
		}
	}
	if len(causes) > 0 {
		v.Refusal = invalidCauses(causes...).Refusal
	}
	return v
}

// wrongRule says which field of a rule is wrong, and why.
//
// Upstream: kubernetes pkg/apis/rbac/validation, ValidatePolicyRule.
func wrongRule(r *rbacv1.PolicyRule, namespaced bool) (path, message string) {
	paths, resources := len(r.NonResourceURLs) > 0, len(r.APIGroups)+len(r.Resources)+len(r.ResourceNames) > 0
	switch {
	case len(r.Verbs) == 0:
		return "verbs", "a rule needs a verb"
	case paths && namespaced:
		return "nonResourceURLs", "paths have no effect in namespaces: leave them out"
	case paths && resources:
		return "nonResourceURLs", "a rule is about paths or about resources: make two of it"
	case paths:
		return "", ""
	case len(r.Resources) == 0:
		return "resources", "a rule needs a resource, or a path in nonResourceURLs"
	case len(r.APIGroups) == 0:
		return "apiGroups", `a rule about resources needs an API group, "" for the core one`
	}
	return "", ""
}
