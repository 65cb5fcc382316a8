package permissions

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// element is what the lists of the REST API hold: a permission, a role, a user, or an object on which roles are given.
type element struct {
	ID             string   `json:"id"`
	Href           string   `json:"href"`
	Name           string   `json:"name"`
	UserName       string   `json:"user_name"`
	Description    string   `json:"description"`
	Administrative boolean  `json:"administrative"`
	Mutable        *boolean `json:"mutable"`
	Permits        *permits `json:"permits"`

	Role  *element `json:"role"`
	User  *element `json:"user"`
	Group *element `json:"group"`

	DataCenter    *element `json:"data_center"`
	Cluster       *element `json:"cluster"`
	Host          *element `json:"host"`
	VM            *element `json:"vm"`
	VMPool        *element `json:"vm_pool"`
	Template      *element `json:"template"`
	StorageDomain *element `json:"storage_domain"`
	Disk          *element `json:"disk"`
}

type permits struct {
	Permit []struct {
		Name string `json:"name"`
	} `json:"permit"`
}

// boolean is true or false, which the engine writes as a text.
type boolean bool

// UnmarshalJSON reads true and "true".
func (f *boolean) UnmarshalJSON(data []byte) error {
	text := strings.Trim(string(data), `"`)
	*f = text == "true"
	if text != "true" && text != "false" && text != "null" {
		return fmt.Errorf("%s is neither true nor false", data)
	}
	return nil
}

func (e *element) named() Named { return Named{ID: e.ID, Name: e.Name} }

// object is the one on which a permission is, if it says so.
func (e *element) object() (string, *element) {
	for _, o := range []struct {
		word string
		*element
	}{
		{"data_center", e.DataCenter},
		{"cluster", e.Cluster},
		{"host", e.Host},
		{"vm", e.VM},
		{"vm_pool", e.VMPool},
		{"template", e.Template},
		{"storage_domain", e.StorageDomain},
		{"disk", e.Disk},
	} {
		if o.element != nil {
			return o.word, o.element
		}
	}
	return "", nil
}

func (r *Reader) addElement(pos Position, word string, raw json.RawMessage) {
	var e element
	var wrong *json.UnmarshalTypeError
	if err := json.Unmarshal(raw, &e); errors.As(err, &wrong) {
		r.lost(pos, "cannot be read: its %s is a %s", cmp.Or(wrong.Field, word), wrong.Value)
		return
	} else if err != nil {
		r.lost(pos, "cannot be read: %v", err)
		return
	}
	switch word {
	case "permission":
		r.addPermission(pos, &e)
	case "role":
		r.addRole(pos, &e)
	default:
		r.learn(word, &e)
	}
}

func (r *Reader) addRole(pos Position, e *element) {
	r.learn("role", e)
	role := Role{Position: pos, Named: e.named(), Description: e.Description, Administrative: bool(e.Administrative), Predefined: e.Mutable != nil && !bool(*e.Mutable)}
	if e.Permits != nil {
		for _, p := range e.Permits.Permit {
			role.Permits = append(role.Permits, p.Name)
		}
	}
	r.list.Roles = append(r.list.Roles, role)
}

// learn remembers the name of an id.
func (r *Reader) learn(word string, e *element) {
	name := e.Name
	if word == string(User) {
		name = e.UserName
	}
	if e.ID != "" && name != "" {
		r.names[reference{word, e.ID}] = name
	}
}

func (r *Reader) addPermission(pos Position, e *element) {
	p := Permission{Position: pos, ID: e.ID, Kind: User}
	who := e.User
	if who == nil {
		p.Kind, who = Group, e.Group
	}
	if e.Role == nil || e.Role.named() == (Named{}) {
		r.lost(pos, "names no role")
		return
	}
	if who == nil || who.ID == "" {
		r.lost(pos, "names neither a user nor a group")
		return
	}
	r.learn(string(p.Kind), who)
	if p.Principal = (Named{ID: who.ID}); who.ID == everyoneID {
		p.Kind = Everyone
	}
	p.Role = e.Role.named()
	r.learn("role", e.Role)
	if word, object := e.object(); object != nil {
		p.Type, _ = typeNamed(word)
		p.Object = object.named()
		r.learn(word, object)
	} else {
		p.Type, p.Object.ID = typeAt(e.Href)
	}
	r.list.Permissions = append(r.list.Permissions, p)
}
