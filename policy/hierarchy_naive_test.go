package policy_test

import (
	"slices"
	"time"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// What follows is oVirt's check as its engine words it, one question at a time and with no index: somebody may do
// something to an object if any permission holds whose role has the action group, whose object is that one or stands above
// it, and whose subject is the user, a group of his, or everyone.
//
// Upstream: ovirt-engine multi_level_administration_sp.sql get_entity_permissions, create_functions.sql
// fn_get_entity_parents. Where the two part, the comments say so.

// world is everything there is, as it was made up.
type world struct {
	clusters    []worldCluster
	centers     []worldCenter
	things      []thing
	roles       map[string]worldRole
	permissions []permission
	self        string // the cluster that is asked; "" is the management cluster
	now         time.Time
}

// worldCluster is named KIND:NAMESPACE/NAME.
type worldCluster struct{ name, site, uid string }

// worldCenter is a set of clusters, by the sites that they are at.
type worldCenter struct {
	name, uid string
	sites     []string
}

// thing is a stored object of the cluster that is asked.
type thing struct {
	on              ovirt.ObjectType
	kind            string
	namespace, name string
	uid, creator    string
	class           string   // of a disk
	disks           []string // of a machine
	network         string   // of an attachment or a VlanConfig
	template        string   // of a version
	pooled          bool     // a machine of a pool
	filled          bool     // a claim that the DataVolume of its name fills
}

// worldRole is a role. Only are the types on which its groups count.
type worldRole struct {
	name   string
	admin  bool
	views  bool
	groups ovirt.Groups
	only   []ovirt.ObjectType
	rules  []ownRule
}

// ownRule is a rule that no action group has. "*" is any.
type ownRule struct{ verb, group, resource string }

func (r *worldRole) rule(ask *policy.Ask) bool {
	resource := ask.Resource
	if ask.Subresource != "" {
		resource += "/" + ask.Subresource
	}
	return slices.ContainsFunc(r.rules, func(o ownRule) bool {
		return (o.verb == "*" || o.verb == ask.Verb) && (o.group == "*" || o.group == ask.Group) && (o.resource == "*" || o.resource == resource)
	})
}

// limited are the roles whose groups the engine asks of more types than their names promise.
var limited = map[string]ovirt.ObjectType{"UserTemplateBasedVm": ovirt.Template, "VnicProfileUser": ovirt.VnicProfile, "HostAdmin": ovirt.Host}

func (r *worldRole) has(q ovirt.Requirement) bool {
	switch q.Group {
	case ovirt.ViewObject:
		return true
	case ovirt.ViewChildren:
		return r.views
	case ovirt.ViewInfrastructure:
		return r.views && r.admin
	default:
		return r.groups.Has(q.Group) && (len(r.only) == 0 || q.On == ovirt.AnyObject || slices.Contains(r.only, q.On))
	}
}

// permission is one line of the engine's table. user or group is who has it.
type permission struct {
	role                     string
	user, group              string
	on                       ovirt.ObjectType
	cluster, namespace, name string
	uid                      string
	ends                     time.Time // zero: never
	made                     *thing    // what was made, for a permission that its maker was given
}

const everybody = "system:authenticated"

// object is what a request is about: stored or not, or any of its type.
type object struct {
	on              ovirt.ObjectType
	kind            string // where a type has several
	namespace, name string
	cluster         string // of a cluster
}

// allowed answers one question.
func (w *world) allowed(who policy.Subject, ask *policy.Ask) bool {
	var held []permission
	for _, p := range w.permissions {
		mine := p.user == who.Name || p.group != "" && slices.Contains(who.Groups, p.group)
		if mine && (p.ends.IsZero() || p.ends.After(w.now)) {
			held = append(held, p)
		}
	}
	for i := range w.things {
		if t := &w.things[i]; t.creator == who.Name && !t.pooled {
			for _, role := range makersRoles[t.on] {
				held = append(held, permission{role: role, user: who.Name, on: t.on, namespace: t.namespace, name: t.name, made: t})
			}
		}
	}
	for _, p := range held {
		role := w.roles[p.role]
		if p.on == ovirt.System && p.role == "SuperUser" || role.rule(ask) && w.ruled(p, ask) {
			return true
		}
	}
	for _, q := range ovirt.For(ask.Verb, ask.Group, ask.Resource, ask.Subresource) {
		if w.meets(held, who, q, ask) {
			return true
		}
	}
	return false
}

// ruled says whether rules of a role's own hold for a request: everywhere if it is held on the system, the data center or
// the cluster, in a namespace, or about the very object.
func (w *world) ruled(p permission, ask *policy.Ask) bool {
	switch {
	case !w.here(p):
		return false
	case p.on == ovirt.System, p.on == ovirt.DataCenter && w.centerHas(p.name, w.self), p.on == ovirt.Cluster && p.cluster == w.self:
		return true
	case p.on == ovirt.Namespace && p.name == ask.Namespace:
		return w.meant(p, object{on: p.on, name: p.name})
	}
	group := map[bool]string{true: "kubevirt.io", false: ask.Group}[ask.Group == "subresources.kubevirt.io"]
	for _, q := range ovirt.For("get", group, ask.Resource, "") {
		if q.Place == ovirt.Itself && ask.Name != "" && w.is(p, w.about(q, ask)) {
			return true
		}
	}
	return false
}

// makersRoles are what who makes an object of a type is given on it.
var makersRoles = map[ovirt.ObjectType][]string{ovirt.VirtualMachine: {"UserVmManager"},
	ovirt.Template: {"TemplateOwner", "UserTemplateBasedVm", "DiskOperator"}, ovirt.Disk: {"DiskOperator"},
	ovirt.Network: {"NetworkAdmin"}, ovirt.VnicProfile: {"NetworkAdmin"}}

func (w *world) meets(held []permission, who policy.Subject, q ovirt.Requirement, ask *policy.Ask) bool {
	about := w.about(q, ask)
	for _, p := range held {
		role := w.roles[p.role]
		if !role.has(q) {
			continue
		}
		switch {
		case about == (object{}): // itself, and the request names none
		case w.is(p, about), q.Place != ovirt.Itself && w.above(p, about):
			return true
		}
		if q.Place == ovirt.Body && q.Told != ovirt.Request && w.inReach(p, q.On, ask.Namespace) &&
			(q.On != ovirt.StorageDomain || w.foothold(held, ask.Namespace)) {
			return true // admission asks again
		}
	}
	return q.Place == ovirt.Named && ask.Name == "" && selectsOwn(who, ask) &&
		slices.ContainsFunc(makersRoles[q.On], func(name string) bool { role := w.roles[name]; return role.has(q) })
}

// about is the object of a requirement. Without a name it stands for any of its type in the namespace.
func (w *world) about(q ovirt.Requirement, ask *policy.Ask) object {
	o := object{on: q.On, kind: kindByResource[ask.Resource], namespace: ask.Namespace, name: ask.Name}
	if !slices.Contains(namespaced, q.On) {
		o.namespace = ""
	}
	switch {
	case q.Place == ovirt.Itself && ask.Name == "":
		return object{}
	case q.On == ovirt.Cluster:
		o = object{on: ovirt.Cluster, cluster: w.self}
		if q.Place == ovirt.Itself || q.Place == ovirt.Named {
			kind := map[string]string{"sveltosclusters": "SveltosCluster", "clusters": "Cluster"}[ask.Resource]
			o.cluster = kind + ":" + ask.Namespace + "/" + ask.Name
		}
	case q.Place == ovirt.Container && q.On == ovirt.Namespace:
		o.name = ask.Namespace
	case q.Place == ovirt.Container:
		o.name = ""
	case q.Place == ovirt.Body:
		o.name = w.belongsTo(q.On, ask)
	}
	return o
}

var (
	namespaced     = []ovirt.ObjectType{ovirt.VirtualMachine, ovirt.VirtualMachinePool, ovirt.Template, ovirt.Disk, ovirt.VnicProfile}
	kindByResource = map[string]string{"virtualmachinetemplates": "VirtualMachineTemplate", "virtualmachinetemplateversions": "VirtualMachineTemplate",
		"virtualmachineimages": "VirtualMachineImage", "persistentvolumeclaims": "PersistentVolumeClaim", "datavolumes": "DataVolume"}
)

// belongsTo is the name of the object to which the stored one belongs that a request names, if that is known.
func (w *world) belongsTo(on ovirt.ObjectType, ask *policy.Ask) string {
	stored := func(kind string) *thing { return w.stored(kind, ask.Namespace, ask.Name) }
	switch {
	case ask.Name == "":
	case on == ovirt.Network && ask.Resource == "vlanconfigs":
		return w.stored("VlanConfig", "", ask.Name).network
	case on == ovirt.Network && ask.Resource == "network-attachment-definitions":
		return stored("NetworkAttachmentDefinition").network
	case on == ovirt.StorageDomain && slices.Contains([]string{"persistentvolumeclaims", "datavolumes"}, ask.Resource):
		return w.classOf(ask.Namespace, ask.Name)
	case on == ovirt.Template && ask.Resource == "virtualmachinetemplateversions":
		return stored("VirtualMachineTemplateVersion").template
	}
	return ""
}

// stored is never nil: of what is not there, nothing is known.
func (w *world) stored(kind, namespace, name string) *thing {
	i := slices.IndexFunc(w.things, func(t thing) bool { return t.kind == kind && t.namespace == namespace && t.name == name })
	if i < 0 {
		return &thing{}
	}
	return &w.things[i]
}

// classOf is the storage class of a disk: what its claim says, which knows best.
func (w *world) classOf(namespace, name string) string {
	if claim := w.stored("PersistentVolumeClaim", namespace, name); claim.class != "" {
		return claim.class
	}
	return w.stored("DataVolume", namespace, name).class
}

// is says whether a permission is on the object.
func (w *world) is(p permission, o object) bool {
	if p.on != o.on || !w.here(p) {
		return false
	}
	switch p.on {
	case ovirt.System:
		return true
	case ovirt.Cluster:
		return p.cluster == o.cluster
	case ovirt.DataCenter:
		return o.name != "" && p.name == o.name
	default:
		return o.name != "" && p.namespace == o.namespace && p.name == o.name && w.meant(p, o)
	}
}

// here says whether the object of a permission is one of the cluster that is asked, or of the fleet.
func (w *world) here(p permission) bool {
	switch p.on {
	case ovirt.System:
		return true
	case ovirt.Cluster:
		i := slices.IndexFunc(w.clusters, func(c worldCluster) bool { return c.name == p.cluster })
		return p.uid == "" || i < 0 || p.uid == w.clusters[i].uid
	case ovirt.DataCenter:
		i := slices.IndexFunc(w.centers, func(c worldCenter) bool { return c.name == p.name })
		return p.uid == "" || i < 0 || p.uid == w.centers[i].uid
	default:
		return p.cluster == "" || p.cluster == w.self
	}
}

// meant says whether the object is the very one that the permission is on: not another of its name, nor one of another
// kind. A claim and the DataVolume that fills it are one disk.
func (w *world) meant(p permission, o object) bool {
	if p.uid == "" && p.made == nil {
		return true
	}
	return slices.ContainsFunc(w.things, func(t thing) bool {
		if t.on != o.on || t.namespace != o.namespace || t.name != o.name {
			return false
		}
		if several := o.on == ovirt.Template || o.on == ovirt.Disk; several && t.kind != o.kind &&
			(o.on != ovirt.Disk || !w.stored("PersistentVolumeClaim", t.namespace, t.name).filled) {
			return false
		}
		if p.made != nil {
			return t.kind == p.made.kind
		}
		return t.uid == p.uid
	})
}

// above says whether the object of a permission stands above the other. An object without a name is any of its type.
func (w *world) above(p permission, o object) bool {
	if !w.here(p) {
		return false
	}
	switch p.on {
	case ovirt.System:
		return o.on != ovirt.System
	case ovirt.DataCenter:
		// Of the clusters; of all that is in one, networks, storage and templates included. Not of a data center.
		cluster := w.self
		if o.on == ovirt.Cluster {
			cluster = o.cluster
		}
		return o.on != ovirt.System && o.on != ovirt.DataCenter && w.centerHas(p.name, cluster)
	case ovirt.Cluster:
		// Of machines and their disks, of hosts, pools and namespaces. Not of what belongs to the data center.
		return p.cluster == w.self && w.self != "" && (slices.Contains([]ovirt.ObjectType{ovirt.VirtualMachine, ovirt.VirtualMachinePool,
			ovirt.Namespace, ovirt.Host}, o.on) || o.on == ovirt.Disk && len(w.usersOf(o)) > 0)
	case ovirt.Namespace:
		// The engine has none. Not of attachments.
		return p.name == o.namespace && slices.Contains([]ovirt.ObjectType{ovirt.VirtualMachine, ovirt.VirtualMachinePool, ovirt.Template, ovirt.Disk}, o.on) &&
			w.meant(p, object{on: ovirt.Namespace, name: o.namespace})
	case ovirt.StorageDomain:
		return o.on == ovirt.Disk && o.name != "" && w.classOf(o.namespace, o.name) == p.name && w.meant(p, object{on: p.on, name: p.name})
	case ovirt.Network:
		return o.on == ovirt.VnicProfile && o.name != "" && w.stored("NetworkAttachmentDefinition", o.namespace, o.name).network == p.name &&
			w.meant(p, object{on: p.on, name: p.name})
	case ovirt.VirtualMachine:
		// Of the disks that it uses. The engine takes one of several machines, whichever it finds.
		return o.on == ovirt.Disk && p.namespace == o.namespace && slices.Contains(w.usersOf(o), p.name) &&
			w.meant(p, object{on: p.on, namespace: p.namespace, name: p.name})
	default:
		return false
	}
}

func (w *world) centerHas(center, cluster string) bool {
	c := slices.IndexFunc(w.clusters, func(c worldCluster) bool { return c.name == cluster })
	d := slices.IndexFunc(w.centers, func(d worldCenter) bool { return d.name == center })
	return c >= 0 && d >= 0 && slices.Contains(w.centers[d].sites, w.clusters[c].site)
}

// usersOf are the machines that use a disk.
func (w *world) usersOf(o object) []string {
	var users []string
	for _, t := range w.things {
		if t.on == ovirt.VirtualMachine && t.namespace == o.namespace && o.name != "" && slices.Contains(t.disks, o.name) {
			users = append(users, t.name)
		}
	}
	return users
}

// inReach says whether a permission is on any object of a type in a namespace, as far as the request tells.
func (w *world) inReach(p permission, on ovirt.ObjectType, namespace string) bool {
	if !w.here(p) || on != ovirt.AnyObject && p.on != on {
		return false
	}
	return !slices.Contains(namespaced, on) || p.namespace == namespace
}

// foothold says whether somebody has anything to do with a namespace beside what everyone has.
func (w *world) foothold(held []permission, namespace string) bool {
	return slices.ContainsFunc(held, func(p permission) bool {
		switch {
		case p.group == everybody || !w.here(p):
			return false
		case p.made != nil:
			return p.on == ovirt.VirtualMachine && p.namespace == namespace
		case p.on == ovirt.System, p.on == ovirt.DataCenter && w.centerHas(p.name, w.self), p.on == ovirt.Cluster && p.cluster == w.self:
			return true
		case p.on == ovirt.Namespace:
			return p.name == namespace
		default:
			return slices.Contains(namespaced, p.on) && p.namespace == namespace
		}
	})
}

// selectsOwn says whether a list is narrowed to what somebody made.
func selectsOwn(who policy.Subject, ask *policy.Ask) bool {
	own := slices.Contains([]string{"virtualmachines", "virtualmachinetemplates", "virtualmachineimages", "persistentvolumeclaims", "datavolumes",
		"network-attachment-definitions", "clusternetworks"}, ask.Resource)
	return own && (ask.Verb == "list" || ask.Verb == "watch") && len(ask.Labels) > 0 &&
		ask.Labels[0].String() == policy.CreatorLabel+"="+policy.CreatorID(who.Name)
}
