package render

import (
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
)

// To RBAC "*" is every verb, those of impersonation among them, which the policy does not hand out with it. So it is
// spelled out into the verbs that an API server asks about. Verbs that nobody knows are lost by that.
var (
	verbs     = []string{"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"}
	pathVerbs = []string{"delete", "get", "head", "options", "patch", "post", "put"}

	// groupVerbs are asked about resources of one API group, beside the usual ones.
	//
	// Upstream: kubernetes pkg/registry/rbac and plugin/pkg/admission/certificates; rancher pkg/controllers/managementuser/rbac.
	groupVerbs = []struct {
		group string
		verbs []string
	}{
		{"certificates.k8s.io", []string{"approve", "attest", "sign"}},
		{rbacv1.GroupName, []string{"bind", "escalate"}},
		{"management.cattle.io", []string{"manage-namespaces", "own", "updatepsa"}},
	}
)

// spellOut writes rules without the verb "*", and says whether there was any.
func spellOut(rules []rbacv1.PolicyRule) (out []rbacv1.PolicyRule, spelled bool) {
	out = slices.Clone(rules)
	for i := range out {
		if slices.Contains(out[i].Verbs, rbacv1.VerbAll) {
			out[i].Verbs, spelled = everyVerb(&out[i]), true
		}
	}
	return out, spelled
}

// everyVerb is what "*" stands for in a rule, and what the rule names beside it.
func everyVerb(rule *rbacv1.PolicyRule) []string {
	all := slices.DeleteFunc(slices.Clone(rule.Verbs), func(v string) bool { return v == rbacv1.VerbAll })
	if len(rule.NonResourceURLs) > 0 {
		all = append(all, pathVerbs...)
	} else {
		all = append(all, verbs...)
		for _, g := range groupVerbs {
			if slices.Contains(rule.APIGroups, g.group) || slices.Contains(rule.APIGroups, rbacv1.APIGroupAll) {
				all = append(all, g.verbs...)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
