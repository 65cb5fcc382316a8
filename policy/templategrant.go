package policy

import (
	"slices"
	"strings"
)

// TemplateGrant says whether a binding of a RoleTemplate or a GlobalRole allows the request on the cluster that is
// served, and which one. The accounts by which Rancher acts for its users, the controllers, and those on whom the
// cluster depends are left to RBAC.
func (s *Snapshot) TemplateGrant(who Subject, ask *Ask) (reason string, allowed bool) {
	if s.options.RancherCluster == "" || s.leftToRBAC(who) {
		return "", false
	}
	for held := range s.members.of(who) {
		if reason, allowed := s.onCluster(held, ask); allowed {
			return reason, true
		}
		if reason, allowed := s.inProject(held, ask); allowed {
			return reason, true
		}
	}
	return "", false
}

// leftToRBAC says whether RBAC alone decides about a user: the controllers, those on whom the cluster depends, and the
// accounts by which Rancher acts for its users. These impersonate, which RBAC allows them one by one.
func (s *Snapshot) leftToRBAC(who Subject) bool {
	const impersonators = "cattle-impersonation-system"
	return s.IsController(who.Name) || IsEssential(who) ||
		strings.HasPrefix(who.Name, "system:serviceaccount:"+impersonators+":") ||
		slices.Contains(who.Groups, "system:serviceaccounts:"+impersonators)
}

// onCluster answers from what is bound on the whole cluster.
func (s *Snapshot) onCluster(held *member, ask *Ask) (reason string, allowed bool) {
	cluster := s.options.RancherCluster
	for _, target := range [...]string{cluster, EveryOther} {
		if target == EveryOther && cluster == LocalCluster {
			continue
		}
		for _, b := range held.on[target] {
			if rule := b.rules.find(ask); rule != nil {
				return b.by + rule.via, true
			}
			if rule := b.inNamespace[ask.Namespace].find(ask); rule != nil && !ask.NonResource {
				return b.by + rule.via, true
			}
		}
	}
	for _, b := range held.promoted[cluster] {
		if rule := b.promoted.find(ask); rule != nil {
			return b.by + rule.via, true
		}
		if b.createsNamespaces && allows(&createNamespaces, ask) {
			return b.by + b.via, true
		}
	}
	return "", false
}

// inProject answers from what is bound in the project of the namespace, and about the project itself.
func (s *Snapshot) inProject(held *member, ask *Ask) (reason string, allowed bool) {
	if ask.NonResource {
		return "", false
	}
	for _, b := range held.on[s.projectOf[ask.Namespace]] {
		if rule := b.rules.find(ask); rule != nil {
			return b.by + rule.via, true
		}
	}
	for _, b := range held.on[s.projectAskedAbout(ask)] {
		if b.onItsNamespaces(ask) {
			return b.by + b.via, true
		}
	}
	return "", false
}

// projectAskedAbout is the project that is asked about, or of whose namespace, or "".
func (s *Snapshot) projectAskedAbout(ask *Ask) string {
	switch {
	case ask.Name == "":
		return ""
	case ask.Resource == "namespaces" && ask.Group == "":
		return s.projectOf[ask.Name]
	case ask.Resource == "projects" && ask.Group == RancherGroup:
		return s.options.RancherCluster + ":" + ask.Name
	default:
		return ""
	}
}
