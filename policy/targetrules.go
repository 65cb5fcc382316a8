package policy

import (
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
)

// TargetRules are the rules that somebody holds by bindings of RoleTemplates and GlobalRoles on a target: the id of a
// cluster or of a project, EveryOther, or Workspaces. With a namespace those that he holds only there are among them.
// What he holds on a cluster he holds in each of its projects.
func (s *Snapshot) TargetRules(who Subject, target, namespace string) []rbacv1.PolicyRule {
	if target == Workspaces {
		return s.workspaceRules(who)
	}
	var rules []rbacv1.PolicyRule
	for held := range s.members.of(who) {
		for _, on := range reaching(target) {
			for _, g := range held.on[on] {
				rules = append(rules, g.rules.all...)
				if g.createsNamespaces {
					rules = append(rules, keepNamespaces)
				}
				if there := g.inNamespace[namespace]; there != nil {
					rules = append(rules, there.all...)
				}
			}
		}
	}
	return rules
}

// WideRules are the rules that somebody holds on a whole cluster by bindings: those on the cluster, and what his roles in
// its projects give there.
func (s *Snapshot) WideRules(who Subject, cluster string) []rbacv1.PolicyRule {
	rules := s.TargetRules(who, cluster, "")
	for held := range s.members.of(who) {
		for _, g := range held.promoted[cluster] {
			rules = append(rules, g.promoted.all...)
		}
	}
	return rules
}

// reaching are the targets on which bindings reach a target: its own, for a project that of its cluster, and what
// GlobalRoles give on all clusters.
func reaching(target string) []string {
	cluster, _, inProject := strings.Cut(target, ":")
	targets := []string{cluster}
	if inProject {
		targets = append(targets, target)
	}
	if cluster != LocalCluster && cluster != EveryOther {
		targets = append(targets, EveryOther)
	}
	return targets
}

func (s *Snapshot) workspaceRules(who Subject) []rbacv1.PolicyRule {
	var rules []rbacv1.PolicyRule
	for held := range s.members.of(who) {
		for _, g := range held.on[LocalCluster] {
			if role := s.registry.globalRoles[g.ref]; role != nil {
				rules = append(rules, role.workspaceRules()...)
			}
		}
	}
	return rules
}
