package policy

import (
	"iter"
	"maps"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
)

// HeldRole is the rules of one role that somebody holds on the cluster that is served, in one scope.
type HeldRole struct {
	// Subject is who holds it, as a binding of RBAC names him: a User, a Group or a ServiceAccount.
	Subject rbacv1.Subject
	// Namespace is where the rules hold; "" is the whole cluster.
	Namespace string
	// Rules are never none, and each is either on resources or on paths. They mean what they mean to RBAC, but for the
	// verb "*": it does not cover impersonation. The list is shared by all who hold the role, and must not be changed.
	Rules []rbacv1.PolicyRule
	// By is the object that gives it: a RoleRequest, a binding of Rancher, or a RoleAssignment. It is empty for what no
	// binding of a role could narrow.
	By string
	// Role is where the rules stand.
	Role string
	// Only is what narrows it beyond what RBAC could say, in words. Empty: nothing does.
	Only string
}

// Origin is the way by which he holds it. With "allowed by " before, it is the reason of the answers that rest on it.
// Without By it is what a role gives to all who hold it.
func (h *HeldRole) Origin() string {
	if h.By == "" {
		return h.Role
	}
	return h.By + " via " + h.Role
}

// Grants yields every role that somebody holds on the cluster that is served, by RoleRequests, by bindings of Rancher and
// by RoleAssignments. The order is always the same: by source, within that by subject, the whole cluster before namespaces. Who
// holds a role in a project holds it in each of its namespaces. What RBAC itself grants there is not among them, and
// nobody is whom the authorizers leave to RBAC.
func (s *Snapshot) Grants() iter.Seq[HeldRole] {
	return func(yield func(HeldRole) bool) {
		for _, source := range [...]iter.Seq[HeldRole]{s.requestGrants(), s.ownerGrants(), s.templateGrants(), s.roleGrants()} {
			for h := range source {
				if !yield(h) {
					return
				}
			}
		}
	}
}

// requestGrants yields what Find answers from.
func (s *Snapshot) requestGrants() iter.Seq[HeldRole] {
	ends := map[string]string{}
	for _, rq := range s.requests {
		if end := rq.object.Metadata.Annotations[AnnotationExpires]; end != "" {
			ends[rq.object.Ref().String()] = "the time until " + end
		}
	}
	return func(yield func(HeldRole) bool) {
		for _, username := range slices.Sorted(maps.Keys(s.holdings)) {
			held := s.holdings[username]
			scopes := [][]Grant{held.everywhere}
			for _, namespace := range slices.Sorted(maps.Keys(held.inNamespace)) {
				scopes = append(scopes, held.inNamespace[namespace])
			}
			for _, grants := range scopes {
				for h := range heldRoles(grants) {
					if h.Subject, h.Only = userSubject(username), ends[h.By]; !yield(h) {
						return
					}
				}
			}
		}
	}
}

// heldRoles puts grants of one scope together again that come from one role.
func heldRoles(grants []Grant) iter.Seq[HeldRole] {
	return func(yield func(HeldRole) bool) {
		for len(grants) > 0 {
			first, n := grants[0], 0
			h := HeldRole{Namespace: first.Namespace, By: first.Origin.Request.String(), Role: first.Origin.role()}
			for ; n < len(grants) && grants[n].Origin == first.Origin; n++ {
				h.Rules = append(h.Rules, effective(grants[n])...)
			}
			if grants = grants[n:]; len(h.Rules) > 0 && !yield(h) {
				return
			}
		}
	}
}

// userSubject is a user as RBAC names him in a binding.
func userSubject(username string) rbacv1.Subject {
	if sa, ok := ParseServiceAccount(username); ok {
		return rbacv1.Subject{Kind: rbacv1.ServiceAccountKind, Namespace: sa.Namespace, Name: sa.Name}
	}
	return rbacv1.Subject{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: username}
}

func groupSubject(group string) rbacv1.Subject {
	return rbacv1.Subject{Kind: rbacv1.GroupKind, APIGroup: rbacv1.GroupName, Name: group}
}

// ownerGrants yields what Manages answers from.
func (s *Snapshot) ownerGrants() iter.Seq[HeldRole] {
	return func(yield func(HeldRole) bool) {
		if s.self != (ClusterRef{}) {
			return
		}
		held := func(subject rbacv1.Subject, t *Tenant) bool {
			return yield(HeldRole{Subject: subject, Rules: ownedRules, By: t.Requests[0].Origin.String(), Role: "the owner labels",
				Only: "objects that carry the labels of " + t.Owner.String()})
		}
		for _, username := range slices.Sorted(maps.Keys(s.tenants.byUser)) {
			if !held(userSubject(username), s.tenants.byUser[username]) {
				return
			}
		}
		for _, group := range slices.Sorted(maps.Keys(s.tenants.byGroup)) {
			for _, t := range s.tenants.byGroup[group] {
				if !held(groupSubject(group), t) {
					return
				}
			}
		}
	}
}

// ownedRules are what a tenant may do on the management cluster with what is his.
var ownedRules = func() []rbacv1.PolicyRule {
	verbs := slices.Concat([]string{"create", "deletecollection"}, verbsByName)
	return []rbacv1.PolicyRule{
		{Verbs: verbs, APIGroups: []string{SveltosConfigGroup}, Resources: []string{"clusterprofiles", "profiles"}},
		{Verbs: verbs, APIGroups: []string{SveltosGroup}, Resources: []string{"eventtriggers"}},
	}
}()
