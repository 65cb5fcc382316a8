package ovirt

// storageRules are about storage classes, disks and images; see machineRules. An image is a Template, and a disk of the image
// store: the groups on disks are asked of it too.
var storageRules = [groupEnd][]row{
	CreateStorageDomain: {{System, Container, Request, storage, "storageclasses", "create"}},
	EditStorageDomainConfiguration: {
		{StorageDomain, Named, Request, storage, "storageclasses", edit},
		{StorageDomain, Container, Request, snapshots, "volumesnapshotclasses", write},
		{StorageDomain, Container, Request, longhorn, "nodes settings", edit},
	},
	DeleteStorageDomain: {{StorageDomain, Named, Request, storage, "storageclasses", "delete"}},
	ManipulateStorageDomain: {
		{StorageDomain, Container, Request, harvester, "blockdevices", edit},
		{StorageDomain, Container, Request, longhorn, "nodes", "patch"},
		{StorageDomain, Container, Request, longhorn, "volumes", edit},
	},
	ConfigureStorageDiskProfile: {{StorageDomain, Named, Request, storage, "storageclasses", edit}},
	CreateStorageDiskProfile:    {{System, Container, Request, storage, "storageclasses", "create"}},
	DeleteStorageDiskProfile:    {{StorageDomain, Named, Request, storage, "storageclasses", "delete"}},
	AttachDiskProfile:           {{StorageDomain, Named, Request, storage, "storageclasses", Use}},
	CreateGlusterVolume:         {{Cluster, Container, Request, longhorn, "volumes", "create"}},
	ManipulateGlusterVolume:     {{Cluster, Container, Request, longhorn, "volumes", edit}},
	DeleteGlusterVolume:         {{Cluster, Container, Request, longhorn, "volumes", "delete"}},

	// Held where the disk will be, or on the storage class that only its body tells. CDI serves upload tokens itself, so
	// that no admission sees them.
	CreateDisk: {
		{Disk, Container, OnlyBody, core, "persistentvolumeclaims", "create"},
		{StorageDomain, Body, OnlyBody, core, "persistentvolumeclaims", "create"},
		{Disk, Container, OnlyBody, cdi, "datavolumes", "create"},
		{StorageDomain, Body, OnlyBody, cdi, "datavolumes", "create"},
		{Template, Container, OnlyBody, harvester, "virtualmachineimages", "create"},
		{StorageDomain, Body, OnlyBody, harvester, "virtualmachineimages", "create"},
		{Disk, Container, OnlyBody, upload, "uploadtokenrequests", "create"},
	},
	AttachDisk: {{Disk, Named, Request, core, "persistentvolumeclaims", Use}},
	EditDiskProperties: {
		{Disk, Named, Request, core, "persistentvolumeclaims", edit},
		{Disk, Named, Request, cdi, "datavolumes", edit},
		{Disk, Container, Request, upload, "uploadtokenrequests", "create"},
	},
	// CDI asks for datavolumes/source before it clones a claim.
	ConfigureDiskStorage: {
		{Disk, Named, OnlyBody, cdi, "datavolumes/source", "create"},
		{Disk, Body, OnlyBody, kubevirt, "virtualmachines", "patch"},
	},
	DeleteDisk: {
		{Disk, Named, Request, core, "persistentvolumeclaims", "delete"},
		{Disk, Named, Request, cdi, "datavolumes", "delete"},
		{Template, Named, Request, harvester, "virtualmachineimages", "delete"},
	},
	DiskLiveStorageMigration: {{Disk, Body, OnlyBody, kubevirt, "virtualmachines", "patch"}},
	ConfigureSCSIGenericIO:   {{Disk, Body, OnlyBody, kubevirt, "virtualmachines", edit}},
	// Asked of the virtual machine and of each of its disks.
	BackupDisk: {
		{VirtualMachine, Body, OnlyBody, harvester, "virtualmachinebackups", "create delete"},
		{VirtualMachine, Body, OnlyBody, harvester, "schedulevmbackups", write},
		{VirtualMachine, Body, OnlyBody, backup, "virtualmachinebackups virtualmachinebackuptrackers", "create delete"},
		{VirtualMachine, Named, OnlyBody, subresources, "virtualmachineinstances/backup", "update"},
		{Disk, Body, OnlyBody, harvester, "volumeremotebackups", "create delete"},
		{Disk, Body, OnlyBody, snapshots, "volumesnapshots", "create delete"},
	},
}
