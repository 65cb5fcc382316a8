package policy

import "slices"

// GlobalRole is the GlobalRole of that name, or nil.
func (s *Snapshot) GlobalRole(name string) *GlobalRole {
	return s.registry.globalRoles[Ref{Kind: "GlobalRole", Name: name}]
}

// GlobalRoleBinding is the GlobalRoleBinding of that name, or nil.
func (s *Snapshot) GlobalRoleBinding(name string) *GlobalRoleBinding {
	return s.registry.globalBindings[Ref{Kind: "GlobalRoleBinding", Name: name}]
}

// Project is the Project of that id, <cluster id>:<name>, or nil.
func (s *Snapshot) Project(id string) *Project { return s.projects[id] }

// InheritedBy are the RoleTemplates and GlobalRoles that inherit a RoleTemplate, sorted.
func (s *Snapshot) InheritedBy(template string) []Ref { return s.registry.heirs[template] }

// BoundTimes counts the bindings of a RoleTemplate.
func (s *Snapshot) BoundTimes(template string) int { return s.registry.bound[template] }

// GivenBy is another binding that gives the same RoleTemplate on the same target to whom this one names.
func (s *Snapshot) GivenBy(b *TemplateBinding) (Ref, bool) {
	for _, g := range b.memberships() {
		if other, given := s.registry.given[g]; given && other != b.Ref() {
			return other, true
		}
	}
	return Ref{}, false
}

// OwnerBinding says whether a binding makes somebody an owner of the cluster or project, and whether it is the only one
// that does.
func (s *Snapshot) OwnerBinding(b *TemplateBinding) (owner, last bool) {
	rt := s.Template(b.RoleTemplateName)
	if rt == nil || !s.templates.owns(rt) {
		return false, false
	}
	return true, s.lastOwner(b.Target(), b.Ref())
}

// AdminBinding says whether a binding makes somebody an administrator of Rancher, and whether it is the only one that
// does.
func (s *Snapshot) AdminBinding(b *GlobalRoleBinding) (admin, last bool) {
	g := s.GlobalRole(b.GlobalRoleName)
	if g == nil || !g.GivesEverything() {
		return false, false
	}
	return true, s.lastOwner(everywhere, b.Ref())
}

func (s *Snapshot) lastOwner(target string, binding Ref) bool {
	return !slices.ContainsFunc(s.registry.owners[target], func(other Ref) bool { return other != binding })
}
