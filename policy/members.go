package policy

import (
	"iter"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
)

// LocalCluster is the id of the cluster on which Rancher runs.
const LocalCluster = "local"

// everyOther is the target of what a GlobalRole gives on all clusters but the local one.
const everyOther = "*"

// members is what bindings of RoleTemplates and GlobalRoles give, by who holds it.
type members struct {
	users  map[string]*member
	groups map[string]*member
}

// member is what one user or group holds.
type member struct {
	// on is by target: the id of a cluster or of a project, or everyOther.
	on map[string][]given
	// promoted is what roles in projects give on a whole cluster, by its id, each role once.
	promoted map[string][]given
}

// given is a role, and the binding that gives it.
type given struct {
	*boundRole
	binding Ref
}

// boundRole is a RoleTemplate with all that it inherits, or what a GlobalRole gives on some clusters.
type boundRole struct {
	ref         Ref
	rules       ruleSet
	inNamespace map[string]*ruleSet // of a GlobalRole

	// What a role in a project gives on the whole cluster, and on the project's namespaces.
	promoted                      ruleSet
	createsNamespaces, updatesPSA bool
}

// of yields what a user holds: under his name, and under those of his groups.
func (m *members) of(who Subject) iter.Seq[*member] {
	return func(yield func(*member) bool) {
		if held := m.users[who.Name]; held != nil && !yield(held) {
			return
		}
		for _, group := range who.Groups {
			if held := m.groups[group]; held != nil && !yield(held) {
				return
			}
		}
	}
}

// TemplateGrant says whether a binding of a RoleTemplate or a GlobalRole allows the request on the cluster that is
// served, and which one. The accounts by which Rancher acts for its users, the controllers, and those on whom the
// cluster depends are left to RBAC.
func (s *Snapshot) TemplateGrant(who Subject, ask *Ask) (reason string, allowed bool) {
	if s.options.RancherCluster == "" || actsForOthers(who) || s.IsController(who.Name) || IsEssential(who) {
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

// IsMember says whether any binding names the user, or one of his groups.
func (s *Snapshot) IsMember(who Subject) bool {
	for range s.members.of(who) {
		return true
	}
	return false
}

// actsForOthers says whether the user is one of the accounts by which Rancher acts for its users. They impersonate, which
// RBAC allows them one by one.
func actsForOthers(who Subject) bool {
	return strings.HasPrefix(who.Name, "system:serviceaccount:cattle-impersonation-system:")
}

// onCluster answers from what is bound on the whole cluster.
func (s *Snapshot) onCluster(held *member, ask *Ask) (reason string, allowed bool) {
	cluster := s.options.RancherCluster
	for _, target := range [...]string{cluster, everyOther} {
		if target == everyOther && cluster == LocalCluster {
			continue
		}
		for _, b := range held.on[target] {
			if rule := b.rules.find(ask); rule != nil {
				return b.reason(rule.role), true
			}
			if rule := b.inNamespace[ask.Namespace].find(ask); rule != nil && !ask.NonResource {
				return b.reason(rule.role), true
			}
		}
	}
	for _, b := range held.promoted[cluster] {
		if rule := b.promoted.find(ask); rule != nil {
			return b.reason(rule.role), true
		}
		if b.createsNamespaces && allows(&createNamespaces, ask) {
			return b.reason(b.ref), true
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
			return b.reason(rule.role), true
		}
	}
	for _, b := range held.on[s.projectAskedAbout(ask)] {
		if b.onItsNamespaces(ask) {
			return b.reason(b.ref), true
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

// reason is the sentence that tells why a request is allowed: by which binding, of which role, and which of those that
// it inherits holds the rule.
func (b *given) reason(role Ref) string {
	text := "allowed by " + b.binding.String() + " via " + role.String()
	if role != b.ref {
		text += " (inherited by " + b.ref.String() + ")"
	}
	return text
}

// TargetRules are the rules that somebody holds by bindings on a target, the id of a cluster or of a project. What he
// holds on a cluster he holds in each of its projects.
func (s *Snapshot) TargetRules(who Subject, target string) []rbacv1.PolicyRule {
	cluster, _, inProject := strings.Cut(target, ":")
	targets := []string{cluster}
	if inProject {
		targets = append(targets, target)
	}
	if cluster != LocalCluster {
		targets = append(targets, everyOther)
	}
	var rules []rbacv1.PolicyRule
	for held := range s.members.of(who) {
		for _, target := range targets {
			for _, b := range held.on[target] {
				rules = append(rules, b.rules.all...)
			}
		}
	}
	return rules
}
