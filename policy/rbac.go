package policy

import (
	"fmt"
	"iter"

	rbacv1 "k8s.io/api/rbac/v1"
)

// Role is a Role or ClusterRole of the cluster on which Bailiwick runs.
//
// Upstream: rbac.authorization.k8s.io/v1. An aggregated ClusterRole is read as kube-controller-manager filled it in.
type Role struct {
	Object
	Rules []rbacv1.PolicyRule `json:"rules"`
}

// Binding is a RoleBinding or ClusterRoleBinding.
//
// Upstream: rbac.authorization.k8s.io/v1.
type Binding struct {
	Object
	RoleRef  rbacv1.RoleRef   `json:"roleRef"`
	Subjects []rbacv1.Subject `json:"subjects"`
}

// rbac answers what users hold on the cluster by its own RBAC. Guards ask it whether somebody may read what he refers
// to, act as another, or give away what he gives away.
type rbac struct {
	users  map[string][]bound // by user name; ServiceAccounts under theirs
	groups map[string][]bound
}

// bound is a role that a subject holds; an empty namespace is the whole cluster.
type bound struct {
	namespace string
	rules     []rbacv1.PolicyRule
}

func newRBAC(ps *problems, roles map[Ref]*Role, bindings []*Binding) rbac {
	r := rbac{users: map[string][]bound{}, groups: map[string][]bound{}}
	for _, b := range unique(ps, bindings) {
		ref := Ref{Kind: b.RoleRef.Kind, Name: b.RoleRef.Name}
		if ref.Kind == "Role" {
			ref.Namespace = b.Metadata.Namespace
		}
		role := roles[ref]
		if role == nil {
			// RBAC takes this as nothing granted; it is common while things are being installed.
			ps.add(Warning, &b.Object, "roleRef", fmt.Sprintf("%s not found", ref), "")
			continue
		}
		for _, s := range b.Subjects {
			r.add(s, b.Metadata.Namespace, bound{namespace: b.Metadata.Namespace, rules: role.Rules})
		}
	}
	return r
}

func (r *rbac) add(s rbacv1.Subject, bindingNamespace string, b bound) {
	switch s.Kind {
	case rbacv1.UserKind:
		r.users[s.Name] = append(r.users[s.Name], b)
	case rbacv1.GroupKind:
		r.groups[s.Name] = append(r.groups[s.Name], b)
	case rbacv1.ServiceAccountKind:
		namespace := s.Namespace
		if namespace == "" {
			namespace = bindingNamespace
		}
		name := ServiceAccount{Namespace: namespace, Name: s.Name}.Username()
		r.users[name] = append(r.users[name], b)
	}
}

// of yields what a user holds, by himself and through his groups.
func (r *rbac) of(who Subject) iter.Seq[bound] {
	return func(yield func(bound) bool) {
		for _, b := range r.users[who.Name] {
			if !yield(b) {
				return
			}
		}
		for _, group := range who.Groups {
			for _, b := range r.groups[group] {
				if !yield(b) {
					return
				}
			}
		}
	}
}

// KnowsRBAC says whether the policy holds RBAC objects at all. Without them nobody's rights can be judged.
func (s *Snapshot) KnowsRBAC() bool { return len(s.rbac.users)+len(s.rbac.groups) > 0 }

// Holds says whether the RBAC of the cluster on which Bailiwick runs allows the request.
func (s *Snapshot) Holds(who Subject, ask *Ask) bool {
	for b := range s.rbac.of(who) {
		if b.namespace != "" && (ask.NonResource || b.namespace != ask.Namespace) {
			continue
		}
		for i := range b.rules {
			if covers(&b.rules[i], ask) {
				return true
			}
		}
	}
	return false
}

// RulesOf are the rules that a user holds by RBAC in a namespace, those for the whole cluster included. With an empty
// namespace only the latter.
func (s *Snapshot) RulesOf(who Subject, namespace string) []rbacv1.PolicyRule {
	var rules []rbacv1.PolicyRule
	for b := range s.rbac.of(who) {
		if b.namespace == "" || b.namespace == namespace {
			rules = append(rules, b.rules...)
		}
	}
	return rules
}

// AccountGroups are the groups that the API server gives a ServiceAccount.
func (s ServiceAccount) AccountGroups() []string {
	return []string{"system:serviceaccounts", "system:serviceaccounts:" + s.Namespace, "system:authenticated"}
}

// Subject is the account as a user.
func (s ServiceAccount) Subject() Subject {
	return Subject{Name: s.Username(), Groups: s.AccountGroups()}
}
