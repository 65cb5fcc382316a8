package ovirt

// The API groups in the tables.
const (
	core         = ""
	bailiwick    = "bailiwick.dev"
	backup       = "backup.kubevirt.io"
	cdi          = "cdi.kubevirt.io"
	clone        = "clone.kubevirt.io"
	fleet        = "fleet.cattle.io"
	export       = "export.kubevirt.io"
	harvester    = "harvesterhci.io"
	instancetype = "instancetype.kubevirt.io"
	kubevirt     = "kubevirt.io"
	longhorn     = "longhorn.io"
	nads         = "k8s.cni.cncf.io"
	network      = "network.harvesterhci.io"
	pool         = "pool.kubevirt.io"
	snapshot     = "snapshot.kubevirt.io"
	snapshots    = "snapshot.storage.k8s.io"
	storage      = "storage.k8s.io"
	subresources = "subresources.kubevirt.io"
	sveltos      = "lib.projectsveltos.io"
	capi         = "cluster.x-k8s.io"
	provisioning = "provisioning.cattle.io"
	rancher      = "management.cattle.io"
	upload       = "upload.cdi.kubevirt.io"
)

// The verbs of who may do anything but read, and of who may edit.
const (
	write = "create update patch delete"
	edit  = "update patch"
)

// machineRules are about virtual machines and their pools: a row is the type of object asked, its place, who can tell, and
// the API group, resources and verbs that are allowed.
//
// A subresource is asked twice, by kube-apiserver and then by virt-api with the same user. kube-apiserver takes
// evacuate/cancel for the subresource evacuate, as virt-api did until 1.9, so both are here.
// Upstream: kubevirt pkg/virt-api/rest/authorizer.go.
var machineRules = [groupEnd][]row{
	CreateVM: {
		{VirtualMachine, Container, RequestAndBody, kubevirt, "virtualmachines", "create"},
		{VirtualMachine, Container, RequestAndBody, clone, "virtualmachineclones", "create"},
		{VirtualMachine, Container, Request, subresources, "expand-vm-spec", "update"},
		{Template, Named, Request, harvester, "virtualmachinetemplates virtualmachineimages", Use},
		{Template, Body, Request, harvester, "virtualmachinetemplateversions", Use},
	},
	// Instead of CREATE_VM, for a machine with an instance type.
	CreateInstance:   {{VirtualMachine, Container, RequestAndBody, kubevirt, "virtualmachines", "create"}},
	DeleteVM:         {{VirtualMachine, Named, Request, kubevirt, "virtualmachines", "delete"}},
	EditVMProperties: {{VirtualMachine, Named, RequestAndBody, kubevirt, "virtualmachines", edit}},
	MigrateVM: {
		{VirtualMachine, Named, Request, subresources, "virtualmachines/migrate", "update"},
		{VirtualMachine, Named, Request, subresources, "virtualmachines/evacuate virtualmachines/evacuate/cancel", "update"},
		{VirtualMachine, Named, Request, subresources, "virtualmachineinstances/evacuate virtualmachineinstances/evacuate/cancel", "update"},
		{VirtualMachine, Body, RequestAndBody, kubevirt, "virtualmachineinstancemigrations", "create delete"},
	},
	ConnectToVM: {
		{VirtualMachine, Named, Request, subresources, "virtualmachineinstances/vnc virtualmachineinstances/vnc/screenshot", "get"},
	},
	ConnectToSerialConsole: {{VirtualMachine, Named, Request, subresources, "virtualmachineinstances/console", "get"}},
	ImportExportVM: {
		{VirtualMachine, Body, RequestAndBody, export, "virtualmachineexports", write},
		{VirtualMachine, Container, RequestAndBody, "migration.harvesterhci.io", "virtualmachineimports", write},
		{VirtualMachine, Container, RequestAndBody, "forklift.konveyor.io", "plans migrations", write},
	},
	ConfigureVMNetwork: {
		{VirtualMachine, Named, OnlyBody, kubevirt, "virtualmachines", edit},
		{VnicProfile, Named, Request, nads, "network-attachment-definitions", Use},
	},
	ConfigureVMStorage: {
		{VirtualMachine, Named, RequestAndBody, kubevirt, "virtualmachines", edit},
		{VirtualMachine, Named, RequestAndBody, subresources, "virtualmachines/addvolume virtualmachines/removevolume", "update"},
		{VirtualMachine, Named, RequestAndBody, subresources, "virtualmachineinstances/addvolume virtualmachineinstances/removevolume", "update"},
		{VirtualMachine, Named, RequestAndBody, subresources, "virtualmachineinstances/freeze virtualmachineinstances/unfreeze", "update"},
	},
	MoveVM: {{VirtualMachine, Named, OnlyBody, kubevirt, "virtualmachines", "patch"}},
	ManipulateVMSnapshots: {
		{VirtualMachine, Body, OnlyBody, snapshot, "virtualmachinesnapshots virtualmachinerestores", write},
		{VirtualMachine, Body, OnlyBody, harvester, "virtualmachinebackups virtualmachinerestores", "create delete"},
	},
	ChangeVMCustomProperties: {{VirtualMachine, Named, OnlyBody, kubevirt, "virtualmachines", edit}},
	EditAdminVMProperties:    {{VirtualMachine, Named, OnlyBody, kubevirt, "virtualmachines", edit}},
	ManipulateAffinityGroups: {{Cluster, Container, OnlyBody, kubevirt, "virtualmachines", edit}},
	RebootVM: {
		{VirtualMachine, Named, Request, subresources, "virtualmachines/restart virtualmachineinstances/softreboot", "update"},
	},
	StopVM:     {{VirtualMachine, Named, Request, subresources, "virtualmachines/stop", "update"}},
	ShutDownVM: {{VirtualMachine, Named, Request, subresources, "virtualmachines/stop", "update"}},
	HibernateVM: {
		{VirtualMachine, Named, Request, subresources, "virtualmachineinstances/pause virtualmachineinstances/unpause", "update"},
	},
	RunVM: {
		{VirtualMachine, Named, Request, subresources, "virtualmachines/start virtualmachineinstances/unpause", "update"},
	},
	ResetVM: {{VirtualMachine, Named, Request, subresources, "virtualmachineinstances/reset", "update"}},

	CreateVMPool: {{VirtualMachinePool, Container, RequestAndBody, pool, "virtualmachinepools", "create"}},
	EditVMPoolConfiguration: {
		{VirtualMachinePool, Named, Request, pool, "virtualmachinepools virtualmachinepools/scale", edit},
	},
	DeleteVMPool:          {{VirtualMachinePool, Named, Request, pool, "virtualmachinepools", "delete"}},
	VMPoolBasicOperations: {{VirtualMachinePool, Named, Request, pool, "virtualmachinepools", "get"}},
}
