package policy

// Can says whether a user may do something on the cluster that is served: by its RBAC, or by what RoleRequests and
// bindings of RoleTemplates grant there, which give a verb as a whole. Guards ask it of whoever writes an object that
// acts for him; about roles of the hierarchy, which give less than a verb, they ask Lacks.
func (s *Snapshot) Can(who Subject, ask *Ask) bool {
	if s.Holds(who, ask) || s.Find(who.Name, ask) != nil {
		return true
	}
	_, allowed := s.TemplateGrant(who, ask)
	return allowed
}
