package policy

import (
	"iter"
	"maps"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
)

// templateGrants yields what TemplateGrant answers from.
func (s *Snapshot) templateGrants() iter.Seq[HeldRole] {
	return func(yield func(HeldRole) bool) {
		if s.options.RancherCluster == "" {
			return
		}
		e := newExpansion(s)
		give := func(m *member, subject rbacv1.Subject, only string) bool {
			for h := range e.of(m) {
				if h.Subject, h.Only = subject, only; !yield(h) {
					return false
				}
			}
			return true
		}
		for _, user := range slices.Sorted(maps.Keys(s.members.users)) {
			if !s.leftToRBAC(Subject{Name: user}) && !give(s.members.users[user], userSubject(user), "") {
				return
			}
		}
		for _, group := range slices.Sorted(maps.Keys(s.members.groups)) {
			if !s.leftToRBAC(Subject{Groups: []string{group}}) && !give(s.members.groups[group], groupSubject(group), s.onlySomeOf(group)) {
				return
			}
		}
	}
}

// onlySomeOf says in words who of a group holds what it is given, when that is not everybody: who the authorizers leave
// to RBAC may be in it. Of a group that an identity provider tells only RBAC knows.
func (s *Snapshot) onlySomeOf(group string) string {
	for controller := range s.trust.controllers {
		if sa, ok := ParseServiceAccount(controller); ok && slices.Contains(sa.AccountGroups(), group) {
			return "members that are neither controllers, nodes nor the control plane"
		}
	}
	return ""
}
