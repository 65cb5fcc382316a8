package policy

import (
	rbacv1 "k8s.io/api/rbac/v1"
)

// RoleContent is a Role or ClusterRole that stands in a ConfigMap or Secret. access-manager writes it into clusters.
type RoleContent struct {
	Ref   Ref
	Rules []rbacv1.PolicyRule
	// Aggregates says that the role gathers the rules of others (aggregationRule): it grants more than can be read.
	Aggregates bool
}

// RoleContents reads the roles in a Source, and tells what in it is no role.
func (s *Source) RoleContents() ([]RoleContent, []Problem) {
	var ps problems
	return contents(rolesOf(s, &ps)), ps
}

// Source returns a ConfigMap or Secret of the policy, or nil.
func (s *Snapshot) Source(ref Ref) *Source { return s.stored[ref] }

// RoleRequests are those in force, ordered by name.
func (s *Snapshot) RoleRequests() []*RoleRequest {
	list := make([]*RoleRequest, len(s.requests))
	for i, rq := range s.requests {
		list[i] = rq.object
	}
	return list
}

// Grantee is the tenant to whom a RoleRequest grants, in force or not, or why it can grant to nobody.
func (s *Snapshot) Grantee(rr *RoleRequest) (ServiceAccount, error) {
	ids, err := identify(rr, s.options.withDefaults())
	if err != nil {
		return ServiceAccount{}, err
	}
	return ids.owners()[0], nil
}

// RolesIn are the roles in a ConfigMap or Secret of the policy. It is false when the policy does not hold that.
func (s *Snapshot) RolesIn(source Ref) ([]RoleContent, bool) {
	src := s.stored[source]
	if src == nil {
		return nil, false
	}
	if known, named := s.roles[source]; named {
		return contents(known), true
	}
	read, _ := src.RoleContents()
	return read, true
}

func contents(roles []role) []RoleContent {
	list := make([]RoleContent, len(roles))
	for i, r := range roles {
		list[i] = RoleContent{Ref: r.ref, Rules: r.rules, Aggregates: r.aggregates}
	}
	return list
}
