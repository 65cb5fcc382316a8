package policy

import (
	"iter"
	"maps"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
)

// expansion lays open what members hold on a cluster.
type expansion struct {
	*Snapshot
	namespaces map[string][]string // of each project, sorted
	parts      map[scoped][]heldPart
}

// scoped are the rules of a role, in a namespace or on the whole cluster.
type scoped struct {
	*ruleSet
	everywhere bool
}

// heldPart is those rules of a role that stand in one place.
type heldPart struct {
	via   string
	rules []rbacv1.PolicyRule
}

func newExpansion(s *Snapshot) *expansion {
	e := &expansion{Snapshot: s, namespaces: map[string][]string{}, parts: map[scoped][]heldPart{}}
	for _, namespace := range slices.Sorted(maps.Keys(s.projectOf)) {
		project := s.projectOf[namespace]
		e.namespaces[project] = append(e.namespaces[project], namespace)
	}
	return e
}

// of yields what one user or group holds, without saying who that is.
func (e *expansion) of(m *member) iter.Seq[HeldRole] {
	return func(yield func(HeldRole) bool) {
		_ = e.onCluster(m, yield) && e.inProjects(m, yield)
	}
}

func (e *expansion) onCluster(m *member, yield func(HeldRole) bool) bool {
	cluster := e.options.RancherCluster
	bound := m.on[cluster]
	if cluster != LocalCluster {
		bound = slices.Concat(bound, m.on[EveryOther])
	}
	for _, b := range bound {
		if !e.role(&b, &b.rules, "", yield) {
			return false
		}
		for _, namespace := range slices.Sorted(maps.Keys(b.inNamespace)) {
			if !e.role(&b, b.inNamespace[namespace], namespace, yield) {
				return false
			}
		}
	}
	for _, b := range m.promoted[cluster] {
		if !e.role(&b, &b.promoted, "", yield) {
			return false
		}
		if b.createsNamespaces && !yield(b.held([]rbacv1.PolicyRule{createNamespaces})) {
			return false
		}
	}
	return true
}

func (e *expansion) inProjects(m *member, yield func(HeldRole) bool) bool {
	for _, project := range slices.Sorted(maps.Keys(m.on)) {
		cluster, name, ok := strings.Cut(project, ":")
		if !ok || cluster != e.options.RancherCluster {
			continue
		}
		for _, b := range m.on[project] {
			for _, namespace := range e.namespaces[project] {
				if !e.role(&b, &b.rules, namespace, yield) {
					return false
				}
			}
			if rules := b.onNamespaces(name, e.namespaces[project]); len(rules) > 0 && !yield(b.held(rules)) {
				return false
			}
		}
	}
	return true
}

// role yields the rules of a role, those of each template by themselves.
func (e *expansion) role(b *given, rules *ruleSet, namespace string, yield func(HeldRole) bool) bool {
	key := scoped{rules, namespace == ""}
	parts, done := e.parts[key]
	if !done {
		parts = partsOf(rules, namespace)
		e.parts[key] = parts
	}
	for _, part := range parts {
		if !yield(HeldRole{Namespace: namespace, Rules: part.rules, By: b.binding.String(), Role: part.via}) {
			return false
		}
	}
	return true
}

func partsOf(rules *ruleSet, namespace string) []heldPart {
	var parts []heldPart
	for i, via := range rules.vias {
		gives := effective(Grant{Rule: rules.all[i], Namespace: namespace})
		switch n := len(parts); {
		case len(gives) == 0:
		case n > 0 && parts[n-1].via == via:
			parts[n-1].rules = append(parts[n-1].rules, gives...)
		default:
			parts = append(parts, heldPart{via, gives})
		}
	}
	return parts
}

// held are rules that a role gives on the whole cluster beside its own.
func (b *given) held(rules []rbacv1.PolicyRule) HeldRole {
	return HeldRole{Rules: rules, By: b.binding.String(), Role: b.via}
}

// onNamespaces are the rules by which onItsNamespaces answers.
func (r *boundRole) onNamespaces(project string, namespaces []string) []rbacv1.PolicyRule {
	var rules []rbacv1.PolicyRule
	if len(namespaces) > 0 {
		rule := keepNamespaces
		if !r.createsNamespaces {
			rule.Verbs = []string{"get"}
		}
		rule.ResourceNames = namespaces
		rules = append(rules, rule)
	}
	on := func(verb string) {
		rules = append(rules, rbacv1.PolicyRule{Verbs: []string{verb}, APIGroups: []string{RancherGroup}, Resources: []string{"projects"}, ResourceNames: []string{project}})
	}
	if r.createsNamespaces {
		on(manageNamespaces)
	}
	if r.updatesPSA {
		on(updatePSA)
	}
	return rules
}
