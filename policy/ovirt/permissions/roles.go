package permissions

import (
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/bailiwick-dev/bailiwick/api/v1alpha1"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// customRole is a role that somebody has made in the engine.
type customRole struct {
	Role
	name string // here
	made bool
}

// customRoles are those of a list, under their ids and their names.
func customRoles(roles []Role) map[string]*customRole {
	custom := map[string]*customRole{}
	for _, role := range roles {
		if role.Predefined || predefined(role.Named) != nil {
			continue
		}
		r := &customRole{Role: role, name: slug(role.Name)}
		for _, key := range []string{role.ID, role.Name} {
			if key != "" && custom[key] == nil {
				custom[key] = r
			}
		}
	}
	return custom
}

// predefined is the role that every engine has under an id or, without one, a name.
func predefined(n Named) *ovirt.Role {
	i := slices.IndexFunc(ovirt.Roles(), func(r *ovirt.Role) bool {
		return n.ID != "" && r.ID == strings.ToLower(n.ID) || n.ID == "" && r.Name == n.Name
	})
	if i < 0 {
		return nil
	}
	return ovirt.Roles()[i]
}

// role is what the role of a permission is called here. A custom one is made when it is first needed.
func (c *converter) role(p *Permission) (string, error) {
	if role := predefined(p.Role); role != nil {
		return role.Name, nil
	}
	role := c.roles[p.Role.ID]
	if role == nil {
		role = c.roles[p.Role.Name]
	}
	switch {
	case role == nil:
		return "", fmt.Errorf("the role %q is none of the predefined ones, and no list describes it: add the answer of GET /ovirt-engine/api/roles?follow=permits", p.Role)
	case role.name == "":
		return "", fmt.Errorf("the role %q has no letter that the name of an object can have: rename it in the list", role.Name)
	case !role.made:
		if err := c.define(role); err != nil {
			return "", err
		}
	}
	return role.name, nil
}

// define makes a RoleDefinition of a custom role.
func (c *converter) define(role *customRole) error {
	for taken := 2; c.isTaken(role.name); taken++ {
		role.name = fmt.Sprintf("%s-%d", slug(role.Name), taken)
	}
	typ := ovirt.User
	if role.Administrative {
		typ = ovirt.Admin
	}
	d := v1alpha1.RoleDefinition{TypeMeta: metav1.TypeMeta{APIVersion: v1alpha1.GroupVersion, Kind: "RoleDefinition"},
		ObjectMeta: metav1.ObjectMeta{Name: role.name},
		Spec:       v1alpha1.RoleDefinitionSpec{Type: v1alpha1.RoleType(typ), Description: role.Description}}
	var dropped []string
	groups := ovirt.Groups{}
	for _, permit := range role.Permits {
		group, known := ovirt.GroupByName(strings.ToUpper(permit))
		if !known || group.Type() == ovirt.Admin && typ == ovirt.User {
			dropped = append(dropped, permit)
			continue
		}
		groups = groups.With(group)
	}
	for group := range groups.All() {
		d.Spec.ActionGroups = append(d.Spec.ActionGroups, v1alpha1.ActionGroup(group.String()))
	}
	if len(d.Spec.ActionGroups) == 0 {
		return fmt.Errorf("the list says of no permit of the role %q that it can have here: add the answer of GET /ovirt-engine/api/roles?follow=permits", role.Name)
	}
	if len(dropped) > 0 {
		c.Notes = append(c.Notes, Note{Position: role.Position, Message: fmt.Sprintf("the role %q is made without %s: a role of this type cannot have it here",
			role.Name, strings.Join(dropped, ", "))})
	}
	role.made = true
	c.Roles = append(c.Roles, Made[v1alpha1.RoleDefinition]{d, []Position{role.Position}})
	c.tell(role.Position, &ovirt.Role{Name: role.Name, Groups: groups, ViewsChildren: groups.ViewsChildren()})
	return nil
}

func (c *converter) isTaken(name string) bool {
	isPredefined := slices.ContainsFunc(ovirt.Roles(), func(r *ovirt.Role) bool { return strings.ToLower(r.Name) == name })
	return isPredefined || slices.ContainsFunc(c.Roles, func(m Made[v1alpha1.RoleDefinition]) bool { return m.Object.Name == name })
}
