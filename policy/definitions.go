package policy

import (
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

// custom is a role with rules of its own that allows the request, or nil. On System, a DataCenter or the Cluster such
// rules hold everywhere, on a Namespace in it, and on any other object for requests about that very object.
func (a *assigned) custom(s *Snapshot, ask *Ask) *assignment {
	places := [...]place{theSystem, theDataCenter, theCluster, {on: ovirt.Namespace, name: ask.Namespace}, about(ask)}
	for _, p := range places {
		list := a.on[p]
		for i := range list {
			for j := range list[i].rules {
				if allows(&list[i].rules[j], ask) && list[i].isOf(s.inventory, p) {
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
