package policy

import (
	"iter"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// inventory is what changes by the second. It is its own index beside the policy: when a machine comes or goes, only
// what is in its namespace is indexed anew.
type inventory struct {
	namespaces map[string]*stock
	networks   map[string]string // of a VlanConfig
	// makers are who has made things of a type anywhere, of AnyObject too if he was given a role for it.
	makers map[creation]bool
}

// stock is what there is in one namespace, or in none.
type stock struct {
	things map[thing]header
	// users are the machines that use a disk.
	users map[string][]string
	// creators are who has made things of a type.
	creators map[creation]bool
}

// thing names an object of the namespace.
type thing struct {
	kind, name string
}

type creation struct {
	user string
	on   ovirt.ObjectType
}

// creatorRoles are what who makes an object is given on it, by the type of the object. An image is a template, and a disk
// of the image store.
//
// Upstream: ovirt-engine's AddPermissionCommand callers: AddVmCommand, AddVmTemplateCommand, AddDiskCommand,
// AddNetworkCommand, AddVnicProfileCommand.
var creatorRoles = [...]*ovirt.Role{
	ovirt.VirtualMachine: predefined("UserVmManager"),
	ovirt.Template:       together(ovirt.Template, "TemplateOwner", "UserTemplateBasedVm", "DiskOperator"),
	ovirt.Disk:           predefined("DiskOperator"),
	ovirt.VnicProfile:    predefined("NetworkAdmin"),
	ovirt.Network:        predefined("NetworkAdmin"),
}

// typeOf is what objects of the kinds in the inventory are.
var typeOf = map[string]ovirt.ObjectType{
	"Namespace":                   ovirt.Namespace,
	"Node":                        ovirt.Host,
	"VirtualMachine":              ovirt.VirtualMachine,
	"VirtualMachinePool":          ovirt.VirtualMachinePool,
	"VirtualMachineTemplate":      ovirt.Template,
	"VirtualMachineImage":         ovirt.Template,
	"StorageClass":                ovirt.StorageDomain,
	"PersistentVolumeClaim":       ovirt.Disk,
	"DataVolume":                  ovirt.Disk,
	"ClusterNetwork":              ovirt.Network,
	"NetworkAttachmentDefinition": ovirt.VnicProfile,
}

// kindsOf are the kinds of a type.
var kindsOf = func() map[ovirt.ObjectType][]string {
	kinds := map[ovirt.ObjectType][]string{}
	for kind, on := range typeOf {
		kinds[on] = append(kinds[on], kind)
	}
	return kinds
}()

func predefined(name string) *ovirt.Role {
	role, ok := ovirt.RoleByName(name)
	if !ok {
		panic("no predefined role " + name)
	}
	return role
}

// together is what predefined roles give on a type of objects.
func together(on ovirt.ObjectType, names ...string) *ovirt.Role {
	all := &ovirt.Role{Name: strings.Join(names, ", "), Type: ovirt.User, Only: ovirt.Only(on)}
	for _, name := range names {
		role := predefined(name)
		all.Groups = all.Groups.Union(role.Groups)
		all.ViewsChildren = all.ViewsChildren || role.ViewsChildren
	}
	return all
}

// newInventory indexes the inventory among the objects, and takes over from the one before what is still the same.
func newInventory(objs *Objects, before *inventory) *inventory {
	inv := &inventory{namespaces: map[string]*stock{}, networks: map[string]string{}}
	byNamespace := map[string][]header{}
	gather(byNamespace, objs.Namespaces)
	gather(byNamespace, objs.Nodes)
	gather(byNamespace, objs.StorageClasses)
	gather(byNamespace, objs.ClusterNetworks)
	gather(byNamespace, objs.VirtualMachines)
	gather(byNamespace, objs.MachineTemplates)
	gather(byNamespace, objs.TemplateVersions)
	gather(byNamespace, objs.Images)
	gather(byNamespace, objs.Claims)
	gather(byNamespace, objs.DataVolumes)
	gather(byNamespace, objs.Attachments)
	gather(byNamespace, objs.MachinePools)
	gather(byNamespace, objs.Saved)
	for namespace, objects := range byNamespace {
		if before != nil {
			if old := before.namespaces[namespace]; old != nil && old.holds(objects) {
				inv.namespaces[namespace] = old
				continue
			}
		}
		inv.namespaces[namespace] = newStock(objects)
	}
	inv.makers = map[creation]bool{}
	for _, s := range inv.namespaces {
		for c := range s.creators {
			inv.makers[c], inv.makers[creation{c.user, ovirt.AnyObject}] = true, true
		}
	}
	for _, v := range objs.VlanConfigs {
		inv.networks[v.Metadata.Name] = v.Spec.ClusterNetwork
	}
	return inv
}

func gather[T header](byNamespace map[string][]header, objects []T) {
	for _, o := range objects {
		namespace := o.header().Metadata.Namespace
		byNamespace[namespace] = append(byNamespace[namespace], o)
	}
}

func newStock(objects []header) *stock {
	s := &stock{things: make(map[thing]header, len(objects)), users: map[string][]string{}, creators: map[creation]bool{}}
	for _, o := range objects {
		h := o.header()
		s.things[thing{h.Kind, h.Metadata.Name}] = o
		if vm, ok := o.(*VirtualMachine); ok {
			for _, disk := range vm.Disks() {
				s.users[disk] = append(s.users[disk], h.Metadata.Name)
			}
		}
		if on, user := typeOf[h.Kind], creatorOf(o); user != "" && creatorRoles[on] != nil {
			s.creators[creation{user, on}] = true
		}
	}
	for disk := range s.users {
		slices.Sort(s.users[disk])
	}
	return s
}

// holds says whether these very objects are the stock.
func (s *stock) holds(objects []header) bool {
	for _, o := range objects {
		if s.things[thing{o.header().Kind, o.header().Metadata.Name}] != o {
			return false
		}
	}
	return len(s.things) == len(objects)
}

// creatorOf is who made an object and is given a role on it for that, or "".
func creatorOf(o header) string {
	if vm, ok := o.(*VirtualMachine); ok && vm.InPool() {
		return ""
	}
	return o.header().Metadata.Annotations[CreatorAnnotation]
}

// find is an object of the inventory, or nil.
func (inv *inventory) find(namespace, kind, name string) header {
	if s := inv.namespaces[namespace]; s != nil {
		return s.things[thing{kind, name}]
	}
	return nil
}

// usersOf are the machines that use a disk.
func (inv *inventory) usersOf(namespace, disk string) []string {
	if s := inv.namespaces[namespace]; s != nil {
		return s.users[disk]
	}
	return nil
}

// classOf is the storage class of a disk, or "" when it is not known.
func (inv *inventory) classOf(namespace, disk string) string {
	if claim, ok := inv.find(namespace, "PersistentVolumeClaim", disk).(*Claim); ok && claim.Spec.StorageClassName != nil {
		return *claim.Spec.StorageClassName
	}
	if volume, ok := inv.find(namespace, "DataVolume", disk).(*DataVolume); ok {
		for _, shape := range []*claimShape{volume.Spec.Storage, volume.Spec.PVC} {
			if shape != nil && shape.StorageClassName != nil {
				return *shape.StorageClassName
			}
		}
	}
	return ""
}

// machineOf is the machine of which a backup or a snapshot is, or "".
func (inv *inventory) machineOf(namespace, kind, name string) string {
	if saved, ok := inv.find(namespace, kind, name).(*Saved); ok && saved.Spec.Source.Kind == "VirtualMachine" {
		return saved.Spec.Source.Name
	}
	return ""
}

// networkOf is the ClusterNetwork under an attachment, or "".
func (inv *inventory) networkOf(namespace, name string) string {
	if a, ok := inv.find(namespace, "NetworkAttachmentDefinition", name).(*Attachment); ok {
		return a.Network()
	}
	return ""
}

// kindOf is the kind of a resource whose type has several kinds: objects of one name are not one object.
var kindOf = map[string]string{
	"virtualmachinetemplates":        "VirtualMachineTemplate",
	"virtualmachinetemplateversions": "VirtualMachineTemplate",
	"virtualmachineimages":           "VirtualMachineImage",
	"persistentvolumeclaims":         "PersistentVolumeClaim",
	"datavolumes":                    "DataVolume",
}

// at yields the objects at a place that a request for a resource can be about; without one, all.
func (inv *inventory) at(p place, resource string) iter.Seq[header] {
	return func(yield func(header) bool) {
		kinds := kindsOf[p.on]
		for _, kind := range kinds {
			o := inv.find(p.namespace, kind, p.name)
			meant := len(kinds) == 1 || resource == "" || kind == kindOf[resource] || p.on == ovirt.Disk && inv.isFilled(p)
			if o != nil && meant && !yield(o) {
				return
			}
		}
	}
}

// isFilled says whether a disk is the claim of the DataVolume of its name: both are one disk.
func (inv *inventory) isFilled(p place) bool {
	claim := inv.find(p.namespace, "PersistentVolumeClaim", p.name)
	return claim != nil && slices.Contains(claim.header().Metadata.OwnerReferences, OwnerReference{Kind: "DataVolume", Name: p.name})
}

// isThere says whether an object with a UID is at a place.
func (inv *inventory) isThere(p place, resource, uid string) bool {
	for o := range inv.at(p, resource) {
		if o.header().Metadata.UID == uid {
			return true
		}
	}
	return false
}

// madeBy says whether a user has made what is at a place, and is given a role on it for that.
func (inv *inventory) madeBy(user string, p place, resource string) bool {
	for o := range inv.at(p, resource) {
		if creatorOf(o) == user {
			return true
		}
	}
	return false
}

// madeAny says whether a user has made anything of a type, in the namespace of a place if what is there is in one.
func (inv *inventory) madeAny(user string, on ovirt.ObjectType, p place) bool {
	if !inNamespace(p.on) {
		return inv.makers[creation{user, on}]
	}
	s := inv.namespaces[p.namespace]
	return s != nil && s.creators[creation{user, on}]
}

// VirtualMachine is the machine of that name, or nil when the inventory does not hold it.
func (s *Snapshot) VirtualMachine(namespace, name string) *VirtualMachine {
	vm, _ := s.inventory.find(namespace, "VirtualMachine", name).(*VirtualMachine)
	return vm
}

// WithInventory is the snapshot with what the objects say of the inventory now. The policy stays the same.
func (s *Snapshot) WithInventory(objs *Objects) *Snapshot {
	next := *s
	next.inventory = newInventory(objs, s.inventory)
	return &next
}
