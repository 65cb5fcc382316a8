package policy

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bailiwick-dev/bailiwick/api/v1alpha1"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
	"github.com/bailiwick-dev/bailiwick/policy/selector"
)

// RoleDefinition is a role of action groups.
type RoleDefinition struct {
	Object
	Spec v1alpha1.RoleDefinitionSpec `json:"spec"`
}

// RoleAssignment gives a role to somebody on an object and everything under it.
type RoleAssignment struct {
	Object
	Spec struct {
		v1alpha1.RoleAssignmentSpec

		// In a file the object may be called "on", which YAML reads as true when it is not quoted.
		Quoted *v1alpha1.ObjectReference `json:"on"`
		Bare   *v1alpha1.ObjectReference `json:"true"`
	} `json:"spec"`
}

// Target is the object that the role is given on, under whichever name it stands.
func (ra *RoleAssignment) Target() v1alpha1.ObjectReference {
	for _, on := range []*v1alpha1.ObjectReference{ra.Spec.Quoted, ra.Spec.Bare} {
		if on != nil {
			return *on
		}
	}
	return ra.Spec.On
}

func (ra *RoleAssignment) check() error {
	ra.Spec.On = ra.Target()
	if ra.Spec.On.Kind == "" {
		return &FieldError{Path: "spec.object.kind", Err: errors.New("is required: it says on what the role is assigned")}
	}
	return nil
}

// DataCenter is a set of clusters.
type DataCenter struct {
	Object
	Spec v1alpha1.DataCenterSpec `json:"spec"`
}

// PredefinedLabel marks the RoleDefinitions that only show what is built in.
const PredefinedLabel = "bailiwick.dev/predefined"

// assignments compiles who was assigned what.
type assignments struct {
	*compiler
	roles       map[string]*definition
	hierarchy   hierarchy
	dataCenters map[string]dataCenter
}

// dataCenter is what assignments ask of a DataCenter.
type dataCenter struct {
	uid  string
	here bool // the cluster that is served is in it
}

func (c *compiler) assign(objs *Objects) {
	a := assignments{compiler: c, roles: c.definitions(objs), dataCenters: map[string]dataCenter{},
		hierarchy: hierarchy{users: map[string]*assigned{}, groups: map[string]*assigned{}}}
	c.snap.dataCenters = map[place][]place{}
	c.snap.permissions = newPermissions()
	c.snap.users = map[string]bool{}
	for _, user := range objs.Users {
		c.snap.users[user.Metadata.Name] = true
	}
	for _, d := range unique(&c.problems, objs.DataCenters) {
		a.dataCenter(d)
	}
	for _, ra := range unique(&c.problems, objs.RoleAssignments) {
		a.assignment(ra)
	}
	c.snap.hierarchy, c.snap.definitions = a.hierarchy, a.roles
}

// dataCenter finds out which clusters it holds.
func (a *assignments) dataCenter(d *DataCenter) {
	s, err := selector.FromLabelSelector(&d.Spec.ClusterSelector)
	if err != nil {
		a.problems.add(Error, &d.Object, "spec.clusterSelector", err.Error(), "")
		return
	}
	a.snap.centers = append(a.snap.centers, center{d.Metadata.Name, d.Metadata.UID, s})
	for _, cluster := range a.clusters {
		if s.Matches(cluster.Metadata.Labels) {
			at := clusterPlace(ClusterRef(cluster.Ref()))
			a.snap.dataCenters[at] = append(a.snap.dataCenters[at], place{on: ovirt.DataCenter, name: d.Metadata.Name})
		}
	}
	a.dataCenters[d.Metadata.Name] = dataCenter{d.Metadata.UID, a.self != nil && s.Matches(a.self.Metadata.Labels)}
}

// assignment gives the role to each of its subjects, if it holds on the cluster that is served.
func (a *assignments) assignment(ra *RoleAssignment) {
	report := func(path, format string, args ...any) {
		a.problems.add(Error, &ra.Object, path, fmt.Sprintf(format, args...), "")
	}
	role := a.roles[ra.Spec.RoleRef.Name]
	on, known := ovirt.ObjectTypeByName(string(ra.Spec.On.Kind))
	switch {
	case ra.Deleting(), a.over(ra):
		return
	case role == nil:
		report("spec.roleRef", "there is no role %q", ra.Spec.RoleRef.Name)
		return
	case !known:
		report("spec.object.kind", "roles are assigned on no %q", ra.Spec.On.Kind)
		return
	}
	if path, mistake := misnamed(on, &ra.Spec.On); mistake != "" {
		report("spec.object."+path, "%s", mistake)
		return
	}
	at, err := a.placed(on, &ra.Spec.On)
	if err != nil {
		report("spec.object.cluster", "%v", err)
		return
	}
	held := assignment{definition: role, uid: at.uid, by: ra.Ref().String(), via: role.Name + " on " + at.String()}
	held.reason = "allowed by " + held.by + " via " + held.via
	if ra.Spec.Expires != nil {
		held.ends = ra.Spec.Expires.UTC().Format(time.RFC3339)
	}
	for i, subject := range ra.Spec.Subjects {
		user, group, ok := subjectOf(subject)
		if !ok {
			report(fmt.Sprintf("spec.subjects[%d]", i), "%s %q is nobody", subject.Kind, subject.Name)
			continue
		}
		for _, p := range at.places {
			a.hierarchy.add(user, group, p, held)
		}
		a.snap.permissions.add(user, group, &Permission{Subject: subject, Role: role.Name, On: ra.Spec.On, Expires: ra.Spec.Expires,
			By: ra.Ref(), Position: ra.Position, role: role})
	}
}

// over says whether an assignment has ended, and remembers the next end.
func (a *assignments) over(ra *RoleAssignment) bool {
	if ra.Spec.Expires == nil {
		return false
	}
	end := ra.Spec.Expires.Time
	if !end.After(a.opts.Now) {
		a.problems.add(Warning, &ra.Object, "spec.expires", "the assignment ended at "+end.UTC().Format(time.RFC3339), "delete it, or set another time")
		return true
	}
	a.endsAt(end)
	return false
}

// subjectOf is the user or the group that a subject of an assignment names.
func subjectOf(s v1alpha1.Subject) (user, group string, ok bool) {
	switch s.Kind {
	case v1alpha1.SubjectUser:
		return s.Name, "", s.Name != "" && s.Namespace == ""
	case v1alpha1.SubjectGroup:
		return "", s.Name, s.Name != "" && s.Namespace == ""
	case v1alpha1.SubjectServiceAccount:
		sa, ok := ParseServiceAccount(ServiceAccount{Namespace: s.Namespace, Name: s.Name}.Username())
		return sa.Username(), "", ok
	case v1alpha1.SubjectEveryone:
		return "", everyone, s.Name == "" && s.Namespace == ""
	default:
		return "", "", false
	}
}

func (h *hierarchy) add(user, group string, p place, as assignment) {
	to, name := h.users, user
	if group != "" {
		to, name = h.groups, group
	}
	a := to[name]
	if a == nil {
		a = &assigned{on: map[place][]assignment{}, within: map[place][]assignment{}}
		to[name] = a
	}
	a.on[p] = append(a.on[p], as)
	a.types |= 1 << p.on
	a.ruled = a.ruled || as.super || len(as.rules) > 0
	for _, within := range []place{{on: p.on, namespace: p.namespace}, {on: ovirt.AnyObject}, {on: ovirt.AnyObject, namespace: p.namespaceOf()}} {
		if !slices.ContainsFunc(a.within[within], func(other assignment) bool { return other.definition == as.definition }) {
			a.within[within] = append(a.within[within], as)
		}
	}
}
