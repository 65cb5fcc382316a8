// Package permissions reads lists of permissions that came out of an oVirt engine, and makes RoleAssignments of them.
//
// A [Reader] takes any number of texts, CSV or the JSON of the engine's REST API, and says what they hold: permissions,
// the custom roles that they name, and what could not be read. [Convert] carries them over, with a [Mapping] from the
// engine's names to those of here.
//
// Upstream: oVirt/ovirt-engine-api-model types/Permission.java, Role.java, User.java, Group.java; ovirt-engine
// restapi PermissionMapper, PermitMapper and BackendAssignedPermissionsResource.
package permissions

import (
	"cmp"
	"fmt"
)

// Position is a line of a file.
type Position struct {
	File string
	Line int // from 1
}

func (p Position) String() string { return fmt.Sprintf("%s:%d", p.File, p.Line) }

// Note says something of a line: what could not be carried over, or what is less here than it was.
type Note struct {
	Position Position
	Message  string
	// Lost says that the line gives nothing here.
	Lost bool
}

// Named is something that the engine knows by an id, a UUID, and a name. One of the two may be empty.
type Named struct{ ID, Name string }

func (n Named) String() string { return cmp.Or(n.Name, n.ID) }

// PrincipalKind says what a principal is.
type PrincipalKind string

// The kinds of principals. Everyone is the engine's own group of all users.
const (
	User     PrincipalKind = "user"
	Group    PrincipalKind = "group"
	Everyone PrincipalKind = "everyone"
)

// everyoneID is the id of Everyone in each engine.
//
// Upstream: MultiLevelAdministrationHandler.EVERYONE_OBJECT_ID.
const everyoneID = "eee00000-0000-0000-0000-123456789eee"

// Permission is a role of somebody on an object.
type Permission struct {
	Position
	ID        string // empty where the list has none
	Kind      PrincipalKind
	Principal Named
	Role      Named
	Type      Type
	Object    Named // empty for the system
}

// Role is a role that a list describes.
type Role struct {
	Position
	Named
	Description    string
	Administrative bool
	Predefined     bool
	Permits        []string // names of action groups, in any case
}

// List is what some texts hold.
type List struct {
	Permissions []Permission
	Roles       []Role
	Notes       []Note
}

// Reader reads texts one after the other. The zero value is ready.
type Reader struct {
	list  List
	names map[reference]string
}

// reference is an object of the engine by its id.
type reference struct{ word, id string }

// Read adds a text: JSON when it begins like it, else CSV. An error means that nothing of it could be used.
func (r *Reader) Read(file string, text []byte) error {
	if r.names == nil {
		r.names = map[reference]string{}
	}
	if beginsLikeJSON(text) {
		return r.readJSON(file, text)
	}
	return r.readCSV(file, text)
}

func (r *Reader) lost(at Position, format string, args ...any) {
	r.list.Notes = append(r.list.Notes, Note{at, fmt.Sprintf(format, args...), true})
}

// List is what was read. Names that one text lacks are taken from the others.
func (r *Reader) List() List {
	list := r.list
	list.Permissions = nil
	for _, p := range once(r.list.Permissions, &list.Notes) {
		p.Principal.Name = r.name(string(p.Kind), p.Principal)
		p.Object.Name = r.name(p.Type.Word, p.Object)
		p.Role.Name = r.name("role", p.Role)
		list.Permissions = append(list.Permissions, p)
	}
	return list
}

func (r *Reader) name(word string, n Named) string {
	return cmp.Or(n.Name, r.names[reference{word, n.ID}])
}

// once leaves out what stands in several lists. The engine shows a permission in the list of each object under its own and
// of each user whom it reaches, as if it were given there. What those lists say is therefore true, but less than the whole.
func once(all []Permission, notes *[]Note) []Permission {
	type key struct {
		id, kind, principal, role, word, object string
	}
	placed := map[string]bool{} // ids of permissions whose object is told
	for _, p := range all {
		placed[p.ID] = placed[p.ID] || p.Type.Word != ""
	}
	var kept []Permission
	seen, first, told := map[key]bool{}, map[string]Position{}, map[string]bool{}
	for _, p := range all {
		k := key{p.ID, string(p.Kind), p.Principal.String(), p.Role.String(), p.Type.Word, p.Object.String()}
		at, again := first[p.ID]
		switch {
		case p.Type.Word == "" && p.ID != "" && placed[p.ID], seen[k]:
			continue
		case p.Type.Word == "":
			*notes = append(*notes, Note{p.Position, "does not say on what: it is the system, a network or a vNIC profile; " +
				"add the list of that object, as GET /ovirt-engine/api/permissions for the system", true})
			continue
		case p.ID == "":
		case !again:
			first[p.ID] = p.Position
		case !told[p.ID]:
			told[p.ID] = true
			*notes = append(*notes, Note{Position: p.Position, Message: fmt.Sprintf("the permission %s stands at %s too, for another user or object: the engine lists what is "+
				"inherited so; each is carried over, which is no more than it gave", p.ID, at)})
		}
		seen[k] = true
		kept = append(kept, p)
	}
	return kept
}
