package policy

import (
	"fmt"
	"iter"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/bailiwick-dev/bailiwick/api/v1alpha1"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// Permission is one role that was assigned to one subject on one object, whichever cluster that is in.
//
// Upstream: ovirt-engine calls the three a permission.
type Permission struct {
	Subject  v1alpha1.Subject
	Role     string // as the role is called, however the assignment writes it
	On       v1alpha1.ObjectReference
	Expires  *metav1.Time
	By       Ref
	Position Position

	role *definition
}

// permissions are all that is in force, beside the hierarchy, which knows only the cluster that is served.
type permissions struct {
	all     []*Permission
	users   map[string][]*Permission
	groups  map[string][]*Permission
	triples map[triple][]Ref
	roles   map[string][]Ref // the assignments of a role
}

// triple is what makes two permissions the same.
type triple struct {
	subject v1alpha1.Subject
	role    string
	on      v1alpha1.ObjectReference // without its UID
}

func newPermissions() permissions {
	return permissions{users: map[string][]*Permission{}, groups: map[string][]*Permission{},
		triples: map[triple][]Ref{}, roles: map[string][]Ref{}}
}

func (ps *permissions) add(user, group string, p *Permission) {
	ps.all = append(ps.all, p)
	if group != "" {
		ps.groups[group] = append(ps.groups[group], p)
	} else {
		ps.users[user] = append(ps.users[user], p)
	}
	key := tripleOf(p.Subject, p.Role, p.On)
	ps.triples[key] = append(ps.triples[key], p.By)
	if by := ps.roles[p.Role]; len(by) == 0 || by[len(by)-1] != p.By {
		ps.roles[p.Role] = append(by, p.By)
	}
}

func tripleOf(subject v1alpha1.Subject, role string, on v1alpha1.ObjectReference) triple {
	on.UID = ""
	return triple{subject, role, on}
}

// of yields what a user holds: under his name, and under those of his groups.
func (ps *permissions) of(who Subject) iter.Seq[*Permission] {
	return func(yield func(*Permission) bool) {
		lists := [][]*Permission{ps.users[who.Name]}
		for _, group := range who.Groups {
			lists = append(lists, ps.groups[group])
		}
		for _, list := range lists {
			for _, p := range list {
				if !yield(p) {
					return
				}
			}
		}
	}
}

// Permissions are all that are in force, in the order of their assignments' names. They must not be changed.
func (s *Snapshot) Permissions() []*Permission { return s.permissions.all }

// AssignmentsOf are the RoleAssignments in force of a role, sorted.
func (s *Snapshot) AssignmentsOf(role string) []Ref { return s.permissions.roles[role] }

// AssignedBy is another RoleAssignment than this one that gives a subject the same role on the same object.
func (s *Snapshot) AssignedBy(subject v1alpha1.Subject, role string, on v1alpha1.ObjectReference, but Ref) (Ref, bool) {
	for _, by := range s.permissions.triples[tripleOf(subject, role, on)] {
		if by != but {
			return by, true
		}
	}
	return Ref{}, false
}

// superOnSystem says whether a permission is the one that allows everything.
func (p *Permission) superOnSystem() bool {
	return p.role.super && p.On.Kind == v1alpha1.ObjectType(ovirt.System.String())
}

// IsSuperUser says whether a user holds SuperUser on System.
//
// Upstream: ovirt-engine MultiLevelAdministrationHandler.isUserSystemSuperUser.
func (s *Snapshot) IsSuperUser(who Subject) bool {
	for p := range s.permissions.of(who) {
		if p.superOnSystem() {
			return true
		}
	}
	return false
}

// SuperUserBeside says whether another RoleAssignment than this one gives somebody SuperUser on System, and for good.
func (s *Snapshot) SuperUserBeside(assignment Ref) bool {
	return slices.ContainsFunc(s.permissions.all, func(p *Permission) bool {
		return p.By != assignment && p.Expires == nil && p.superOnSystem()
	})
}

// KnowsUsers says whether users are objects here, as where Rancher runs.
func (s *Snapshot) KnowsUsers() bool { return len(s.users) > 0 }

// KnowsUser says whether a user is one of them.
func (s *Snapshot) KnowsUser(name string) bool { return s.users[name] }

// SubjectText names a subject: `User "alice"`, `ServiceAccount default/foo`, `Everyone`.
func SubjectText(s v1alpha1.Subject) string {
	if s.Kind == v1alpha1.SubjectEveryone {
		return string(s.Kind)
	}
	return Ref{Kind: string(s.Kind), Namespace: s.Namespace, Name: s.Name}.String()
}

// ObjectText names an object of the hierarchy: `System`, `Cluster SveltosCluster:gke/one`,
// `VirtualMachine shop/web of SveltosCluster:gke/one`.
func ObjectText(on v1alpha1.ObjectReference) string {
	switch {
	case on.Name == "" && on.Cluster == "":
		return string(on.Kind)
	case on.Name == "":
		return fmt.Sprintf("%s %s", on.Kind, on.Cluster)
	}
	text := Ref{Kind: string(on.Kind), Namespace: on.Namespace, Name: on.Name}.String()
	if on.Cluster != "" {
		text += " of " + on.Cluster
	}
	return text
}
