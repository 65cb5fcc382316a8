package policy

import (
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
)

// promoted are the resources of a whole cluster that roles in a project reach. Of all others a rule in a project's role
// has no effect, since it is bound in the project's namespaces.
//
// Upstream: rancher pkg/controllers/managementuser/rbac/roletemplates, ExtractPromotedRules.
var promoted = []struct {
	group     string
	resources []string
}{
	{"", []string{"nodes", "persistentvolumes"}},
	{"apiregistration.k8s.io", []string{"apiservices"}},
	{"catalog.cattle.io", []string{"clusterrepos"}},
	{"storage.k8s.io", []string{"storageclasses"}},
	{"ui.cattle.io", []string{"navlinks"}},
	{RancherGroup, []string{"clusters"}},
}

// promote is what a rule of a project's role gives on the whole cluster.
func promote(rule *rbacv1.PolicyRule) []*rbacv1.PolicyRule {
	var rules []*rbacv1.PolicyRule
	for _, p := range promoted {
		if !slices.Contains(rule.APIGroups, p.group) && !slices.Contains(rule.APIGroups, rbacv1.APIGroupAll) {
			continue
		}
		var reached []string
		for _, resource := range p.resources {
			if resourceAllowed(rule.Resources, resource, "") {
				reached = append(reached, resource)
			}
		}
		if len(reached) == 0 {
			continue
		}
		names := rule.ResourceNames
		if p.group == RancherGroup { // no other cluster, whatever the rule says
			if len(names) > 0 && !slices.Contains(names, LocalCluster) {
				continue
			}
			names = []string{LocalCluster}
		}
		rules = append(rules, &rbacv1.PolicyRule{Verbs: rule.Verbs, APIGroups: []string{p.group}, Resources: reached, ResourceNames: names})
	}
	return rules
}

// The rights on a project's namespaces, which Rancher gives beside the rules of a role.
//
// Upstream: rancher pkg/controllers/managementuser/rbac, the roles <project>-namespaces-edit, -readonly and -psa.
const (
	manageNamespaces = "manage-namespaces"
	updatePSA        = "updatepsa"
)

var (
	creatingNamespaces = Ask{Verb: "create", Resource: "namespaces"}
	updatingPSA        = Ask{Verb: updatePSA, Group: RancherGroup, Resource: "projects"}

	// createNamespaces is what a role that may create namespaces gives on the whole cluster.
	createNamespaces = rbacv1.PolicyRule{Verbs: []string{"create"}, APIGroups: []string{""}, Resources: []string{"namespaces"}}
	// keepNamespaces is what it gives on those of its project.
	keepNamespaces = rbacv1.PolicyRule{Verbs: []string{rbacv1.VerbAll}, APIGroups: []string{""}, Resources: []string{"namespaces"}}
)

// createsNamespaces says whether the part, in a project, makes who has it a keeper of the project's namespaces.
func (p rulePart) createsNamespaces() bool {
	return !p.external && slices.ContainsFunc(p.rules, func(rule rbacv1.PolicyRule) bool { return covers(&rule, &creatingNamespaces) })
}

// onItsNamespaces says whether a role in a project gives what is asked about the project, or about one of its
// namespaces: reading them comes with every role; a role that may create namespaces may do anything with them.
func (r *boundRole) onItsNamespaces(ask *Ask) bool {
	switch {
	case ask.Subresource != "":
		return false
	case ask.Resource == "namespaces" && ask.Group == "":
		return ask.Verb == "get" || r.createsNamespaces && allows(&keepNamespaces, ask)
	case ask.Verb == manageNamespaces:
		return r.createsNamespaces
	default:
		return ask.Verb == updatePSA && r.updatesPSA
	}
}
