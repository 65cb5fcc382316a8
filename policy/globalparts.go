package policy

import (
	"fmt"
	"maps"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
)

// Workspaces is the target of what a GlobalRole gives in the workspaces of Fleet but its local one, which are namespaces
// of the local cluster.
const Workspaces = "fleet workspaces"

// Part is some of what a GlobalRole gives, and where it holds.
type Part struct {
	Path      string // the field in which it stands
	Target    string // LocalCluster, EveryOther or Workspaces
	Namespace string // "" is all of them
	Rules     []rbacv1.PolicyRule
	// Unknown are RoleTemplates and ClusterRoles that are not there, of which nobody knows what they give.
	Unknown []Ref
}

// Parts are what a GlobalRole gives, whether it is in the policy itself or not.
func (s *Snapshot) Parts(g *GlobalRole) []Part {
	parts := []Part{{Path: "rules", Target: LocalCluster, Rules: g.Rules}}
	if g.GivesEverything() {
		parts = append(parts, Part{Path: "rules", Target: EveryOther, Rules: g.Rules})
	}
	parts = append(parts, namespacedParts("namespacedRules", LocalCluster, g.NamespacedRules)...)
	for i, name := range g.InheritedClusterRoles {
		part := Part{Path: fmt.Sprintf("inheritedClusterRoles[%d]", i), Target: EveryOther}
		if rt := s.Template(name); rt != nil {
			part.Rules, part.Unknown = s.TemplateRules(rt)
		} else {
			part.Unknown = []Ref{{Kind: "RoleTemplate", Name: name}}
		}
		parts = append(parts, part)
	}
	parts = append(parts, namespacedParts("inheritedNamespacedRules", EveryOther, g.InheritedNamespacedRules)...)
	return append(parts, Part{Path: "inheritedFleetWorkspacePermissions", Target: Workspaces, Rules: g.workspaceRules()})
}

func namespacedParts(field, target string, rules map[string][]rbacv1.PolicyRule) []Part {
	var parts []Part
	for _, namespace := range slices.Sorted(maps.Keys(rules)) {
		parts = append(parts, Part{Path: field + "[" + namespace + "]", Target: target, Namespace: namespace, Rules: rules[namespace]})
	}
	return parts
}

// workspaceRules are what a GlobalRole gives in Fleet's workspaces, and on these themselves.
func (g *GlobalRole) workspaceRules() []rbacv1.PolicyRule {
	p := g.InheritedFleetWorkspacePermissions
	if p == nil {
		return nil
	}
	rules := slices.Clone(p.ResourceRules)
	if len(p.WorkspaceVerbs) > 0 {
		rules = append(rules, rbacv1.PolicyRule{Verbs: p.WorkspaceVerbs, APIGroups: []string{RancherGroup}, Resources: []string{"fleetworkspaces"}})
	}
	return rules
}
