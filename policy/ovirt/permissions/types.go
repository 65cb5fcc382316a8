package permissions

import (
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// Type is a type of the engine's objects.
type Type struct {
	// Word is what the REST API calls it, as vm_pool. Empty: not told.
	Word string
	// On is what it is here, or AnyObject when nothing here is like it.
	On ovirt.ObjectType
	// Why says what becomes of roles on what is nothing here.
	Why string

	number     string // VdcObjectType
	alias      string // VdcObjectType's name, in small letters
	collection string // in URLs of the REST API
}

// types are those on which the engine gives roles.
//
// Upstream: common VdcObjectType.
var types = []Type{
	{Word: "system", On: ovirt.System, number: "1", alias: "system"},
	{Word: "data_center", On: ovirt.DataCenter, number: "14", alias: "storagepool", collection: "datacenters"},
	{Word: "cluster", On: ovirt.Cluster, number: "9", alias: "vdsgroups", collection: "clusters"},
	{Word: "host", On: ovirt.Host, number: "3", alias: "vds", collection: "hosts"},
	{Word: "vm", On: ovirt.VirtualMachine, number: "2", alias: "virtualmachine", collection: "vms"},
	{Word: "vm_pool", On: ovirt.VirtualMachinePool, number: "5", alias: "vmpool", collection: "vmpools"},
	{Word: "template", On: ovirt.Template, number: "4", alias: "vmtemplate", collection: "templates"},
	{Word: "storage_domain", On: ovirt.StorageDomain, number: "11", alias: "storage", collection: "storagedomains"},
	{Word: "disk", On: ovirt.Disk, number: "19", alias: "disk", collection: "disks"},
	{Word: "network", On: ovirt.Network, number: "20", alias: "logicalnetwork", collection: "networks"},
	{Word: "vnic_profile", On: ovirt.VnicProfile, number: "27", alias: "vnicprofile", collection: "vnicprofiles"},

	{Word: "quota", Why: "a quota belongs to a namespace, whoever uses it", number: "17", alias: "quota", collection: "quotas"},
	{Word: "disk_profile", Why: "a disk profile is its storage class: assign the role on that", number: "29", alias: "diskprofile", collection: "diskprofiles"},
	{Word: "cpu_profile", Why: "there are no CPU profiles", number: "30", alias: "cpuprofile", collection: "cpuprofiles"},
	{Word: "mac_pool", Why: "there are no pools of MAC addresses", number: "28", alias: "macpool", collection: "macpools"},
	{Word: "gluster_volume", Why: "there is no Gluster", number: "18", alias: "glustervolume", collection: "glustervolumes"},
	{Word: "user", Why: "users are nobody's objects", number: "15", alias: "user"},
	{Word: "role", Why: "roles are nobody's objects", number: "16", alias: "role"},
}

// typeNamed finds a type by its word, its name or number in the engine, or what it is called here.
func typeNamed(text string) (Type, bool) {
	plain := strings.NewReplacer("_", "", " ", "", "-", "").Replace(strings.ToLower(text))
	return firstType(func(t Type) bool {
		return plain == strings.ReplaceAll(t.Word, "_", "") || plain == t.alias || text == t.number || t.On != ovirt.AnyObject && plain == strings.ToLower(t.On.String())
	})
}

// typeAt finds the type whose list of permissions has a URL, as /ovirt-engine/api/vms/ID/permissions/ID: not told by the
// list of a user or group.
func typeAt(href string) (t Type, id string) {
	segments := strings.Split(strings.Trim(href, "/"), "/")
	at := slices.Index(segments, "permissions")
	switch {
	case at == 2 && segments[1] == "api":
		t, _ = typeNamed("system")
	case at > 3:
		collection := segments[at-2]
		if found, ok := firstType(func(t Type) bool { return t.collection == collection }); ok && collection != "" {
			t, id = found, segments[at-1]
		}
	}
	return t, id
}

func firstType(is func(Type) bool) (Type, bool) {
	i := slices.IndexFunc(types, is)
	if i < 0 {
		return Type{}, false
	}
	return types[i], true
}
