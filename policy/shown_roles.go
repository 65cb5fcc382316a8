package policy

import (
	"maps"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/bailiwick-dev/bailiwick/api/v1alpha1"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// ShownName is the name of the RoleDefinition that shows a predefined role: no object's name has capitals. Assignments
// may name the role by either.
func ShownName(role *ovirt.Role) string { return strings.ToLower(role.Name) }

// PredefinedNamed is the predefined role that a RoleDefinition of some name would show, or nil.
func PredefinedNamed(name string) *ovirt.Role {
	at := slices.IndexFunc(ovirt.Roles(), func(r *ovirt.Role) bool { return ShownName(r) == strings.ToLower(name) })
	if at < 0 {
		return nil
	}
	return ovirt.Roles()[at]
}

// PredefinedSpec is a predefined role as a RoleDefinition says it.
func PredefinedSpec(role *ovirt.Role) v1alpha1.RoleDefinitionSpec {
	spec := v1alpha1.RoleDefinitionSpec{Type: v1alpha1.RoleType(role.Type), Description: role.Description, ViewsChildren: new(role.ViewsChildren)}
	for g := range role.Groups.All() {
		spec.ActionGroups = append(spec.ActionGroups, v1alpha1.ActionGroup(g.String()))
	}
	for on := ovirt.System; on <= ovirt.VnicProfile; on++ {
		if role.Only != 0 && role.Only.Has(on) {
			spec.ObjectTypes = append(spec.ObjectTypes, v1alpha1.ObjectType(on.String()))
		}
	}
	return spec
}

// SameRole says whether two RoleDefinitions say the same, whatever the order of their lists.
func SameRole(a, b *v1alpha1.RoleDefinitionSpec) bool {
	return a.Type == b.Type && a.Description == b.Description && ViewsChildren(a) == ViewsChildren(b) &&
		sameSet(a.ActionGroups, b.ActionGroups) && sameSet(a.ObjectTypes, b.ObjectTypes) &&
		slices.EqualFunc(a.Rules, b.Rules, equalRules)
}

func sameSet[T ~string](a, b []T) bool {
	in := func(list []T) map[T]bool {
		m := map[T]bool{}
		for _, v := range list {
			m[v] = true
		}
		return m
	}
	return maps.Equal(in(a), in(b))
}

func equalRules(a, b rbacv1.PolicyRule) bool {
	return slices.Equal(a.Verbs, b.Verbs) && slices.Equal(a.APIGroups, b.APIGroups) && slices.Equal(a.Resources, b.Resources) &&
		slices.Equal(a.ResourceNames, b.ResourceNames) && slices.Equal(a.NonResourceURLs, b.NonResourceURLs)
}

// ViewsChildren says whether a RoleDefinition lets its holder read what is in the object: by itself, or by its groups.
func ViewsChildren(spec *v1alpha1.RoleDefinitionSpec) bool {
	if spec.ViewsChildren != nil {
		return *spec.ViewsChildren
	}
	return GroupsOf(spec).ViewsChildren()
}

// GroupsOf are those action groups of a RoleDefinition that there are.
func GroupsOf(spec *v1alpha1.RoleDefinitionSpec) ovirt.Groups {
	var groups ovirt.Groups
	for _, name := range spec.ActionGroups {
		if g, known := ovirt.GroupByName(string(name)); known {
			groups = groups.With(g)
		}
	}
	return groups
}

// CustomRoles are the RoleDefinitions of the policy that are no predefined role, by name.
func (s *Snapshot) CustomRoles() []*RoleDefinition { return s.customRoles }

// AssignableRole is the role that an assignment names, or nil.
func (s *Snapshot) AssignableRole(name string) *ovirt.Role {
	d := s.definitions[name]
	if d == nil {
		return nil
	}
	return &d.Role
}
