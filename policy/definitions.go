package policy

import (
	"fmt"

	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// definition is a role that can be assigned: a predefined one, or a RoleDefinition.
type definition struct {
	ovirt.Role
	// rules are those of a RoleDefinition that no action group has.
	rules []rbacv1.PolicyRule
	// super says that it is the role that allows everything on System.
	super bool
}

// everything is what the super role allows on System.
var everything = []rbacv1.PolicyRule{{Verbs: []string{rbacv1.VerbAll}, APIGroups: []string{rbacv1.APIGroupAll}, Resources: []string{rbacv1.ResourceAll}}}

// rulesOn are the rules of a role on a place, beside its action groups.
func (d *definition) rulesOn(p place) []rbacv1.PolicyRule {
	if d.super && p == theSystem {
		return everything
	}
	return d.rules
}

// custom is a role with rules of its own that allows the request, or nil. On System, a DataCenter or the Cluster such
// rules hold everywhere, on a Namespace in it, and on any other object for requests about that very object.
func (a *assigned) custom(s *Snapshot, ask *Ask) *assignment {
	if !a.ruled {
		return nil
	}
	places := [...]place{theSystem, theDataCenter, theCluster, {on: ovirt.Namespace, name: ask.Namespace}, about(ask)}
	for _, p := range places {
		list := a.at(p)
		for i := range list {
			rules := list[i].rulesOn(p)
			for j := range rules {
				if allows(&rules[j], ask) && list[i].isOf(s.inventory, p, ask) {
					return &list[i]
				}
			}
		}
	}
	return nil
}

// about is the place of the object that a request names. Subresources of machines have an API group of their own.
func about(ask *Ask) place {
	group := ask.Group
	if group == "subresources.kubevirt.io" {
		group = "kubevirt.io"
	}
	if ask.Name == "" {
		return place{}
	}
	for _, q := range ovirt.For("get", group, ask.Resource, "") {
		if q.Place == ovirt.Itself {
			return itself(q.On, ask)
		}
	}
	return place{}
}

// definitions are the predefined roles and those of the policy, by name.
func (c *compiler) definitions(objs *Objects) map[string]*definition {
	roles := map[string]*definition{}
	for _, role := range ovirt.Roles() {
		d := &definition{Role: *role, super: role.Name == ovirt.SuperUser}
		roles[role.Name], roles[ShownName(role)] = d, d
	}
	for _, d := range unique(&c.problems, objs.RoleDefinitions) {
		name := d.Metadata.Name
		switch {
		case d.Deleting(): // a finalizer keeps it for as long as somebody wants, who could make anything of it
		case roles[name] == nil:
			roles[name] = c.definition(d)
			c.snap.customRoles = append(c.snap.customRoles, d)
		case d.Metadata.Labels[PredefinedLabel] != "true":
			c.problems.add(Error, &d.Object, "metadata.name", fmt.Sprintf("%s is a predefined role, which nothing changes", name), "clone it under another name")
		}
	}
	return roles
}

// definition makes a role of what a RoleDefinition says. What cannot be in it is left out.
//
// Upstream: ovirt-engine AddRoleWithActionGroupsCommand.
func (c *compiler) definition(d *RoleDefinition) *definition {
	role := &definition{Role: ovirt.Role{Name: d.Metadata.Name, Type: ovirt.RoleType(d.Spec.Type), Description: d.Spec.Description}, rules: d.Spec.Rules}
	if role.Type != ovirt.Admin && role.Type != ovirt.User {
		c.problems.add(Error, &d.Object, "spec.type", fmt.Sprintf("%q is neither %s nor %s", d.Spec.Type, ovirt.Admin, ovirt.User), "it counts as "+string(ovirt.User))
		role.Type = ovirt.User
	}
	for i, name := range d.Spec.ActionGroups {
		path := fmt.Sprintf("spec.actionGroups[%d]", i)
		group, known := ovirt.GroupByName(string(name))
		switch {
		case !known:
			c.problems.add(Error, &d.Object, path, fmt.Sprintf("there is no action group %q", name), "")
		case group.Type() == ovirt.Admin && role.Type != ovirt.Admin:
			c.problems.add(Error, &d.Object, path, fmt.Sprintf("%s is for administrator roles", name), "leave it out, or make a role of type Admin")
		default:
			role.Groups = role.Groups.With(group)
		}
	}
	role.ViewsChildren = role.Groups.ViewsChildren()
	if d.Spec.ViewsChildren != nil {
		role.ViewsChildren = *d.Spec.ViewsChildren
	}
	for i, name := range d.Spec.ObjectTypes {
		if on, known := ovirt.ObjectTypeByName(string(name)); known {
			role.Only |= ovirt.Only(on)
		} else {
			c.problems.add(Error, &d.Object, fmt.Sprintf("spec.objectTypes[%d]", i), fmt.Sprintf("there is no object type %q", name), "")
		}
	}
	if len(d.Spec.ObjectTypes) > 0 && role.Only == 0 {
		role.Groups = ovirt.Groups{} // none of the types exists, which must not become all of them
	}
	return role
}
