package ovirt

// look are the verbs of who reads.
const look = "get list watch"

// readRules are what roles let their holders read; see machineRules. Never Secrets. Any administrator role of oVirt lets its
// holder read every object of the engine; here it reads under the object only.
var readRules = [groupEnd][]row{
	ViewChildren: {
		{VirtualMachine, Named, Request, kubevirt, "virtualmachines virtualmachineinstances", look},
		{VirtualMachine, Named, Request, subresources, "virtualmachines/expand-spec virtualmachines/objectgraph", "get"},
		{VirtualMachine, Named, Request, subresources, "virtualmachineinstances/guestosinfo virtualmachineinstances/filesystemlist", "get"},
		{VirtualMachine, Named, Request, subresources, "virtualmachineinstances/userlist virtualmachineinstances/objectgraph", "get"},
		{VirtualMachine, Body, Request, kubevirt, "virtualmachineinstancemigrations", look},
		{VirtualMachine, Body, Request, snapshot, "virtualmachinesnapshots virtualmachinesnapshotcontents virtualmachinerestores", look},
		{VirtualMachine, Body, Request, clone, "virtualmachineclones", look},
		{VirtualMachine, Body, Request, export, "virtualmachineexports", look},
		{VirtualMachine, Body, Request, backup, "virtualmachinebackups virtualmachinebackuptrackers", look},
		{VirtualMachine, Body, Request, harvester, "virtualmachinebackups virtualmachinerestores schedulevmbackups", look},
		{VirtualMachinePool, Named, Request, pool, "virtualmachinepools", look},
		{Template, Named, Request, harvester, "virtualmachinetemplates virtualmachineimages", look},
		{Template, Body, Request, harvester, "virtualmachinetemplateversions", look},
		{Template, Named, Request, instancetype, "virtualmachineinstancetypes virtualmachinepreferences", look},
		{Disk, Named, Request, core, "persistentvolumeclaims", look},
		{Disk, Named, Request, cdi, "datavolumes", look},
		{Disk, Body, Request, snapshots, "volumesnapshots", look},
		{Disk, Body, Request, harvester, "volumeremotebackups", look},
		{VnicProfile, Named, Request, nads, "network-attachment-definitions", look},
		{Namespace, Container, Request, core, "events", look},
		{Namespace, Container, Request, "events.k8s.io", "events", look},
		{Namespace, Container, Request, harvester, "keypairs", look},
	},
	ViewInfrastructure: {
		{DataCenter, Named, Request, bailiwick, "datacenters", look},
		{Cluster, Named, Request, sveltos, "sveltosclusters", look},
		{Cluster, Named, Request, capi, "clusters", look},
		{Cluster, Named, Request, provisioning, "clusters", look},
		{Cluster, Container, Request, harvester, "settings upgrades addons", look},
		{Cluster, Container, Request, "migrations.kubevirt.io", "migrationpolicies", look},
		{Namespace, Named, Request, core, "namespaces", look},
		{Namespace, Container, Request, core, "resourcequotas limitranges", look},
		{Namespace, Container, Request, harvester, "resourcequotas", look},
		{Host, Named, Request, core, "nodes", look},
		{Host, Named, Request, "node.harvesterhci.io", "hugepages ksmtuneds nodeconfigs", look},
		{Host, Container, Request, "node.harvesterhci.io", "cloudinits", look},
		{Host, Container, Request, "devices.harvesterhci.io", "*", look},
		{Host, Body, Request, network, "hostnetworkconfigs linkmonitors vlanstatuses", look},
		{StorageDomain, Named, Request, storage, "storageclasses", look},
		{StorageDomain, Container, Request, snapshots, "volumesnapshotclasses", look},
		{StorageDomain, Container, Request, longhorn, "nodes settings volumes", look},
		{StorageDomain, Container, Request, harvester, "blockdevices", look},
		{Network, Named, Request, network, "clusternetworks", look},
		{Network, Body, Request, network, "vlanconfigs", look},

		// Storage and networks are not in a cluster, but its administrator has to see them.
		{Cluster, Container, Request, storage, "storageclasses", look},
		{Cluster, Container, Request, network, "clusternetworks vlanconfigs", look},
	},
}
