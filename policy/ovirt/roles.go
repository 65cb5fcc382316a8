package ovirt

import "slices"

// RoleType says who a role is for.
type RoleType string

// The role types. Only who holds SuperUser on System may assign an Admin role.
const (
	Admin RoleType = "Admin"
	User  RoleType = "User"
)

// SuperUser is the role that, on System, allows everything: no table lists that. On any other object it is no more
// than its action groups.
const SuperUser = "SuperUser"

// Role is a set of action groups under a name.
type Role struct {
	Name        string
	Type        RoleType
	Description string
	// ID is the UUID that the role has in every engine. A list of permissions exported there names roles by it.
	ID     string
	Groups Groups
	// Only are the object types on which the groups count. The engine has no such limit, so that there a role bound high
	// gives more than its name says: VnicProfileUser on a data center may change the interfaces of every machine.
	Only ObjectTypes
	// ViewsChildren says that the role lets its holder read what is in the object.
	ViewsChildren bool
}

// Meets says whether who holds the role on the object of a requirement, or above it, meets the requirement.
func (r *Role) Meets(q Requirement) bool {
	switch q.Group {
	case ViewObject:
		return true
	case ViewChildren:
		return r.ViewsChildren
	case ViewInfrastructure:
		return r.ViewsChildren && r.Type == Admin
	default:
		return r.Groups.Has(q.Group) && r.Only.Has(q.On)
	}
}

// ViewsChildren says whether a custom role with these groups views children.
//
// Upstream: AddRoleWithActionGroups: it does if any of its groups does.
func (s Groups) ViewsChildren() bool {
	for g := range s.All() {
		if groupTable[g].views {
			return true
		}
	}
	return false
}

// Roles are the predefined roles. They must not be changed.
func Roles() []*Role { return roleList }

// RoleByName finds a predefined role.
func RoleByName(name string) (*Role, bool) {
	i := slices.IndexFunc(roleList, func(r *Role) bool { return r.Name == name })
	if i < 0 {
		return nil, false
	}
	return roleList[i], true
}

var roleList = func() []*Role {
	list := make([]*Role, len(roleTable))
	for i := range roleTable {
		list[i] = &roleTable[i]
	}
	return list
}()
