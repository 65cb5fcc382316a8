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

func (ra *RoleAssignment) check() error {
	for _, on := range []*v1alpha1.ObjectReference{ra.Spec.Quoted, ra.Spec.Bare} {
		if on != nil {
			ra.Spec.On = *on
		}
	}
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
	dataCenters map[string]bool // those that the cluster that is served is in
}

func (c *compiler) assign(objs *Objects) {
	a := assignments{compiler: c, roles: c.definitions(objs), dataCenters: map[string]bool{},
		hierarchy: hierarchy{users: map[string]*assigned{}, groups: map[string]*assigned{}}}
	c.snap.dataCenters = map[place][]place{}
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
	for _, cluster := range a.clusters {
		if s.Matches(cluster.Metadata.Labels) {
			at := clusterPlace(ClusterRef(cluster.Ref()))
			a.snap.dataCenters[at] = append(a.snap.dataCenters[at], place{on: ovirt.DataCenter, name: d.Metadata.Name})
		}
	}
	if a.self != nil && s.Matches(a.self.Metadata.Labels) {
		a.dataCenters[d.Metadata.Name] = true
	}
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
	places, err := a.places(on, &ra.Spec.On)
	if err != nil {
		report("spec.object", "%v", err)
		return
	}
	for i, subject := range ra.Spec.Subjects {
		user, group, ok := subjectOf(subject)
		if !ok {
			report(fmt.Sprintf("spec.subjects[%d]", i), "%s %q is nobody", subject.Kind, subject.Name)
			continue
		}
		for _, p := range places {
			a.hierarchy.add(user, group, p, assignment{role, ra.Spec.On.UID, p, ra.Ref()})
		}
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

// places are where an assignment holds on the cluster that is served; none: it holds elsewhere.
func (a *assignments) places(on ovirt.ObjectType, at *v1alpha1.ObjectReference) ([]place, error) {
	var cluster ClusterRef
	if at.Cluster != "" {
		var err error
		if cluster, err = ParseClusterRef(at.Cluster); err != nil {
			return nil, err
		}
	}
	here := at.Cluster == "" || cluster == a.opts.Self
	switch on {
	case ovirt.System:
		return []place{theSystem}, nil
	case ovirt.DataCenter:
		places := []place{{on: on, name: at.Name}}
		if a.dataCenters[at.Name] {
			places = append(places, theDataCenter)
		}
		return places, nil
	case ovirt.Cluster:
		var places []place
		if here && a.opts.Self != (ClusterRef{}) || at.Cluster == "" {
			places = append(places, theCluster)
		}
		if at.Cluster != "" {
			places = append(places, clusterPlace(cluster))
		}
		return places, nil
	}
	if !here {
		return nil, nil
	}
	return []place{{on, at.Namespace, at.Name}}, nil
}

// subjectOf is the user or the group that a subject of an assignment names.
func subjectOf(s v1alpha1.Subject) (user, group string, ok bool) {
	switch s.Kind {
	case v1alpha1.SubjectUser:
		return s.Name, "", s.Name != ""
	case v1alpha1.SubjectGroup:
		return "", s.Name, s.Name != ""
	case v1alpha1.SubjectServiceAccount:
		sa, ok := ParseServiceAccount(ServiceAccount{Namespace: s.Namespace, Name: s.Name}.Username())
		return sa.Username(), "", ok
	case v1alpha1.SubjectEveryone:
		return "", everyone, true
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
	for _, within := range []place{{on: p.on, namespace: p.namespace}, {on: p.on}, {on: ovirt.AnyObject}, {on: ovirt.AnyObject, namespace: p.namespaceOf()}} {
		if !slices.ContainsFunc(a.within[within], func(other assignment) bool { return other.definition == as.definition }) {
			a.within[within] = append(a.within[within], as)
		}
	}
}

// definitions are the predefined roles and those of the policy, by name.
func (c *compiler) definitions(objs *Objects) map[string]*definition {
	roles := map[string]*definition{}
	for _, role := range ovirt.Roles() {
		roles[role.Name] = &definition{Role: *role, super: role.Name == ovirt.SuperUser}
	}
	for _, d := range unique(&c.problems, objs.RoleDefinitions) {
		name := d.Metadata.Name
		switch {
		case roles[name] == nil:
			roles[name] = c.definition(d)
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
	return role
}
