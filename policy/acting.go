package policy

import "slices"

// OwnerOf returns the tenant that the owner labels of an object name, or nil.
func (s *Snapshot) OwnerOf(labels map[string]string) *Tenant {
	if name := labels[LabelServiceAccountName]; name != "" {
		return s.tenants.byOwner[ServiceAccount{Namespace: labels[LabelServiceAccountNamespace], Name: name}]
	}
	admin := labels[LabelAdminName]
	if t := s.tenants.byUser[admin]; t != nil && t.Owner.Name == admin {
		return t
	}
	return nil
}

// MayActAs says whether RBAC lets a user impersonate the tenant: his ServiceAccount, or for a tenant of spec.admin his
// user name.
func (s *Snapshot) MayActAs(who Subject, t *Tenant) bool {
	return slices.ContainsFunc(t.names, func(name string) bool {
		ask := Ask{Verb: "impersonate", Resource: "users", Name: name}
		if sa, ok := ParseServiceAccount(name); ok {
			ask = Ask{Verb: "impersonate", Resource: "serviceaccounts", Namespace: sa.Namespace, Name: sa.Name}
		}
		return s.Holds(who, &ask)
	})
}

// TenantHolds says whether RBAC allows the request to the tenant himself. What is allowed to humans who act as him does
// not count: the profile is his, whoever wrote it.
func (s *Snapshot) TenantHolds(t *Tenant, ask *Ask) bool {
	return slices.ContainsFunc(t.names, func(name string) bool {
		who := Subject{Name: name, Groups: []string{"system:authenticated"}}
		if sa, ok := ParseServiceAccount(name); ok {
			who = sa.Subject()
		}
		return s.Holds(who, ask)
	})
}
