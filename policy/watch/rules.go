package watch

import (
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// Rules are what Bailiwick has to be allowed on a cluster from which it reads, and no more: by namespace for Roles, and
// under "" for a ClusterRole. The ConfigMaps and Secrets that the RoleRequests among the objects name are allowed by
// their names; whoever does not want to follow those names gives the same verbs on all configmaps and secrets of a
// namespace.
//
// One rule is not for reading policy: definitions of custom kinds are looked up when objects vanish, to tell a kind
// that is being removed from objects that were deleted.
func Rules(reads policy.Where, o *policy.Objects) map[string][]rbacv1.PolicyRule {
	rules := map[string][]rbacv1.PolicyRule{}
	var crds []string
	named := policy.NamedSources(o)
	for _, k := range policy.Kinds() {
		for namespace, names := range needs(k, reads, named) {
			rules[namespace] = append(rules[namespace], rbacv1.PolicyRule{
				APIGroups: []string{k.Group}, Resources: []string{k.Resource}, ResourceNames: names, Verbs: []string{"get", "list", "watch"},
			})
		}
		if k.Custom && k.Where&reads != 0 {
			crds = append(crds, k.Resource+"."+k.Group)
		}
	}
	rules[""] = append(rules[""], rbacv1.PolicyRule{
		APIGroups: []string{definitions.Group}, Resources: []string{definitions.Resource}, ResourceNames: crds, Verbs: []string{"get"},
	})
	return rules
}

// needs are the names of a kind that are read, by namespace. No names are all names, and no namespace is all of them.
func needs(k policy.Served, reads policy.Where, named map[policy.Ref]bool) map[string][]string {
	names := map[string][]string{}
	if k.Where&reads != 0 {
		for _, ref := range k.Only {
			names[ref.Namespace] = append(names[ref.Namespace], ref.Name)
		}
		if len(k.Only) == 0 {
			names[""] = nil
		}
	}
	for ref := range named {
		if k.Named && reads&policy.Fleet != 0 && ref.Kind == k.Kind && valid(ref) {
			names[ref.Namespace] = append(names[ref.Namespace], ref.Name)
		}
	}
	for namespace, list := range names {
		slices.Sort(list)
		list = slices.Compact(list)
		if slices.Contains(list, "") {
			list = nil
		}
		names[namespace] = list
	}
	return names
}
