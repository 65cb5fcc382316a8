package ovirt

// of is the set of some groups.
func of(groups ...ActionGroup) Groups { return Groups{}.With(groups...) }

// What several roles have in common.
var (
	power          = of(RebootVM, StopVM, ShutDownVM, HibernateVM, RunVM, ResetVM)
	hosts          = of(CreateHost, EditHostConfiguration, DeleteHost, ManipulateHost, ConfigureHostNetwork)
	clusters       = of(CreateCluster, EditClusterConfiguration, DeleteCluster, ConfigureClusterNetwork)
	delegation     = of(ManipulatePermissions, AddUsersAndGroupsFromDirectory)
	storageDomains = of(CreateStorageDomain, EditStorageDomainConfiguration, DeleteStorageDomain, ManipulateStorageDomain)
	diskProfiles   = of(ConfigureStorageDiskProfile, CreateStorageDiskProfile, DeleteStorageDiskProfile)
	diskCare       = of(AttachDisk, EditDiskProperties, DeleteDisk, SparsifyDisk, ReduceDisk, BackupDisk)
	upkeep         = of(TagManagement, BookmarkManagement, EventNotificationManagement, AuditLogManagement)
	cpuProfiles    = of(DeleteCPUProfile, UpdateCPUProfile, CreateCPUProfile, AssignCPUProfile)
	macPools       = of(CreateMACPool, EditMACPool, DeleteMACPool)
	networks       = of(ConfigureStoragePoolNetwork, CreateStoragePoolNetwork, DeleteStoragePoolNetwork)
	vnicProfiles   = of(ConfigureNetworkVnicProfile, CreateNetworkVnicProfile, DeleteNetworkVnicProfile)
	dataCenters    = of(CreateStoragePool, DeleteStoragePool, EditStoragePoolConfiguration)
	templates      = of(CreateTemplate, EditTemplateProperties, DeleteTemplate, CopyTemplate, ConfigureTemplateNetwork, EditAdminTemplateProperties)
	gluster        = of(CreateGlusterVolume, ManipulateGlusterVolume, DeleteGlusterVolume, ManipulateGlusterHook, ManipulateGlusterService)
)

// The three big ones, each as the engine's script leaves it: a part of the one before.
var (
	superUser = AllGroups.Minus(of(CreateInstance, EditProfile))

	dataCenterAdmin = superUser.
			Minus(storageDomains.Union(diskProfiles).With(AccessImageStorage)).
			Minus(macPools).Minus(gluster).
			Minus(of(ManipulateUsers, ManipulateRoles, ConfigureEngine, InjectExternalEvents, InjectExternalTasks)).
			Minus(of(ReconnectToVM, ConnectToSerialConsole))

	clusterAdmin = dataCenterAdmin.
			Minus(dataCenters).Minus(templates).
			Minus(networks.Union(vnicProfiles).With(AssignClusterNetwork)).
			Minus(of(ConfigureQuota, ConsumeQuota, ConfigureSCSIGenericIO))
)

// roleTable lists the predefined roles in the engine's order. Only limits those whose name promises less than their action
// groups would give (see Role.Only).
var roleTable = []Role{
	{Name: "SuperUser", Type: Admin, ID: "00000000-0000-0000-0000-000000000001", ViewsChildren: true,
		Description: "May do everything with every object. On System it is the administrator of the whole fleet.",
		Groups:      superUser},
	{Name: "UserRole", Type: User, ID: "00000000-0000-0000-0001-000000000001", ViewsChildren: true,
		Description: "Uses virtual machines and pools: console, start, stop, restart, pause, reset.",
		Groups:      power.With(ChangeVMCD, ConnectToVM, VMPoolBasicOperations, AccessImageStorage, Login)},
	{Name: "PowerUserRole", Type: User, ID: "00000000-0000-0000-0001-000000000002",
		Description: "Creates virtual machines, templates and disks, and manages what he created.",
		Groups:      cpuProfiles.With(CreateVM, CreateTemplate, CreateDisk, AccessImageStorage, Login, AttachDiskProfile)},
	{Name: "ClusterAdmin", Type: Admin, ID: "def00001-0000-0000-0000-def000000001", ViewsChildren: true,
		Description: "Manages what is in a cluster: hosts, virtual machines, pools, disks. Not templates or networks, which belong to the data center.",
		Groups:      clusterAdmin},
	{Name: "DataCenterAdmin", Type: Admin, ID: "def00002-0000-0000-0000-def000000002", ViewsChildren: true,
		Description: "Manages everything in a data center except its storage.",
		Groups:      dataCenterAdmin},
	{Name: "StorageAdmin", Type: Admin, ID: "def00003-0000-0000-0000-def000000003", ViewsChildren: true,
		Description: "Manages storage classes and the disks on them.",
		Groups: storageDomains.Union(diskProfiles).Union(diskCare).Union(upkeep).With(CreateDisk, ConfigureDiskStorage,
			AccessImageStorage, DiskLiveStorageMigration, Login, AttachDiskProfile)},
	{Name: "HostAdmin", Type: Admin, ID: "def00004-0000-0000-0000-def000000004", ViewsChildren: true, Only: Only(Host),
		Description: "Manages hosts and their network.",
		Groups:      hosts.Union(storageDomains).Union(diskProfiles).Union(upkeep).With(Login, AttachDiskProfile)},
	{Name: "NetworkAdmin", Type: Admin, ID: "def00005-0000-0000-0000-def000000005", ViewsChildren: true,
		Description: "Manages networks, network attachments, and what of clusters, hosts, virtual machines and templates is attached to them.",
		Groups: upkeep.Union(networks).Union(vnicProfiles).With(ConfigureVMNetwork, ConfigureHostNetwork, ConfigureTemplateNetwork,
			ConfigureClusterNetwork, AssignClusterNetwork, Login)},
	{Name: "UserVmManager", Type: User, ID: "def00006-0000-0000-0000-def000000006", ViewsChildren: true,
		Description: "Manages a virtual machine, its snapshots and who may use it. Its creator gets this role.",
		Groups: power.Union(delegation).Union(diskCare).With(CreateVM, DeleteVM, EditVMProperties, ChangeVMCD, ConnectToVM,
			ConfigureVMNetwork, ConfigureVMStorage, ManipulateVMSnapshots, CreateDisk, Login, ConnectToSerialConsole,
			AssignCPUProfile)},
	{Name: "VmPoolAdmin", Type: Admin, ID: "def00007-0000-0000-0000-def000000007", ViewsChildren: true,
		Description: "Creates, edits and deletes pools of virtual machines.",
		Groups: upkeep.With(CreateVM, CreateVMPool, EditVMPoolConfiguration, DeleteVMPool, VMPoolBasicOperations, Login,
			AssignCPUProfile)},
	{Name: "TemplateAdmin", Type: Admin, ID: "def00008-0000-0000-0000-def000000008", ViewsChildren: true,
		Description: "Creates, edits and deletes templates, and says who may use them.",
		Groups:      delegation.Union(upkeep).Union(templates).With(AccessImageStorage, Login)},
	{Name: "QuotaConsumer", Type: User, ID: "def0000a-0000-0000-0000-def00000000a",
		Description: "Consumes a quota. Here whoever may create objects in a namespace consumes its quota.",
		Groups:      of(ConsumeQuota)},
	{Name: "DiskOperator", Type: User, ID: "def0000a-0000-0000-0000-def00000000b", ViewsChildren: true,
		Description: "Uses, edits and deletes a disk, and says who may use it. Its creator gets this role.",
		Groups:      delegation.Union(diskCare).With(CreateDisk, Login)},
	{Name: "DiskCreator", Type: User, ID: "def0000a-0000-0000-0000-def00000000c",
		Description: "Creates disks and images.",
		Groups:      of(CreateDisk, Login)},
	{Name: "GlusterAdmin", Type: Admin, ID: "def0000b-0000-0000-0000-def00000000b", ViewsChildren: true,
		Description: "Manages Gluster clusters, their hosts and volumes. Here the volumes are Longhorn's.",
		Groups:      hosts.Union(clusters).Union(upkeep).Union(gluster).With(AssignClusterNetwork, Login)},
	{Name: "VmCreator", Type: User, ID: "def0000a-0000-0000-0000-def00000000d",
		Description: "Creates virtual machines and their disks, and manages what he created.",
		Groups:      of(CreateVM, CreateDisk, Login, AssignCPUProfile)},
	{Name: "TemplateCreator", Type: User, ID: "def0000a-0000-0000-0000-def00000000e",
		Description: "Creates templates, and manages what he created.",
		Groups:      of(CreateTemplate, Login)},
	{Name: "TemplateOwner", Type: User, ID: "def0000a-0000-0000-0000-def00000000f", ViewsChildren: true,
		Description: "Edits and deletes a template, and says who may use it. Its creator gets this role.",
		Groups:      delegation.With(EditTemplateProperties, DeleteTemplate, CopyTemplate, ConfigureTemplateNetwork, Login)},
	{Name: "ExternalEventsCreator", Type: User, ID: "def0000c-0000-0000-0000-def000000000",
		Description: "Adds events from outside.",
		Groups:      of(InjectExternalEvents)},
	{Name: "ExternalTasksCreator", Type: User, ID: "def0000d-0000-0000-0000-def000000000",
		Description: "Adds tasks from outside. There are no tasks here.",
		Groups:      of(InjectExternalTasks)},
	{Name: "VnicProfileUser", Type: User, ID: "def0000a-0000-0000-0000-def000000010", Only: Only(VnicProfile),
		Description: "Connects virtual machines and templates to a network attachment.",
		Groups:      of(ConfigureVMNetwork, ConfigureTemplateNetwork, Login)},
	{Name: "UserTemplateBasedVm", Type: User, ID: "def00009-0000-0000-0000-def000000009", Only: Only(Template),
		Description: "Uses a template or image to create virtual machines.",
		Groups:      of(CreateVM, AssignCPUProfile)},
	{Name: "InstanceCreator", Type: User, ID: "def00011-0000-0000-0000-def000000011",
		Description: "Creates virtual machines from instance types, and their disks.",
		Groups:      of(CreateInstance, CreateDisk, Login)},
	{Name: "UserInstanceManager", Type: User, ID: "def00012-0000-0000-0000-def000000012",
		Description: "Manages a virtual machine but not its network, nor makes others from it.",
		Groups: power.Union(delegation).Union(diskCare).With(DeleteVM, EditVMProperties, ChangeVMCD, ConnectToVM, ConfigureVMStorage,
			ManipulateVMSnapshots, CreateDisk, Login, ConnectToSerialConsole)},
	{Name: "ReadOnlyAdmin", Type: Admin, ID: "def0000c-0000-0000-0000-def00000000c", ViewsChildren: true,
		Description: "Reads everything under the object.",
		Groups:      of(Login)},
	{Name: "TagManager", Type: Admin, ID: "def00011-0000-0000-0000-def000000013",
		Description: "Manages tags. There are none here beside labels.",
		Groups:      of(Login, TagManagement, AuditLogManagement)},
	{Name: "BookmarkManager", Type: Admin, ID: "def00011-0000-0000-0000-def000000014",
		Description: "Manages bookmarks. There are none here.",
		Groups:      of(Login, BookmarkManagement, AuditLogManagement)},
	{Name: "EventNotificationManager", Type: Admin, ID: "def00011-0000-0000-0000-def000000015",
		Description: "Manages subscriptions to events. There are none here.",
		Groups:      of(Login, EventNotificationManagement, AuditLogManagement)},
	{Name: "AuditLogManager", Type: Admin, ID: "def00011-0000-0000-0000-def000000016",
		Description: "Manages the audit log. It is no object of the API here.",
		Groups:      of(Login, AuditLogManagement)},
	{Name: "MacPoolAdmin", Type: Admin, ID: "def00013-0000-0000-0000-def000000013", ViewsChildren: true,
		Description: "Manages pools of MAC addresses. There are none here.",
		Groups:      macPools.With(Login, ConfigureMACPool)},
	{Name: "MacPoolUser", Type: User, ID: "def00014-0000-0000-0000-def000000014", ViewsChildren: true,
		Description: "Uses a pool of MAC addresses. There is none here.",
		Groups:      of(Login, ConfigureMACPool)},
	{Name: "DiskProfileUser", Type: User, ID: "def00020-0000-0000-0000-abc000000010",
		Description: "Puts disks on a storage class.",
		Groups:      of(AttachDiskProfile)},
	{Name: "UserVmRunTimeManager", Type: User, ID: "def00006-0000-0000-0000-def000000011",
		Description: "Manages a virtual machine without its snapshots and serial console.",
		Groups: power.Union(delegation).Union(diskCare).With(CreateVM, DeleteVM, EditVMProperties, ChangeVMCD, ConnectToVM,
			ConfigureVMNetwork, ConfigureVMStorage, CreateDisk, Login, AssignCPUProfile)},
	{Name: "UserProfileEditor", Type: User, ID: "def00021-0000-0000-0000-def000000015",
		Description: "Edits his own profile. Everybody may here.",
		Groups:      of(EditProfile)},
	{Name: "VmImporterExporter", Type: Admin, ID: "def00030-0000-0000-0000-def000000011", ViewsChildren: true,
		Description: "Exports virtual machines and imports them.",
		Groups:      of(ImportExportVM, Login, AttachDiskProfile, AssignCPUProfile)},
	{Name: "CpuProfileOperator", Type: User, ID: "def00017-0000-0000-0000-def000000017",
		Description: "Assigns a CPU profile. There are none here.",
		Groups:      of(AssignCPUProfile)},
	{Name: "CpuProfileCreator", Type: Admin, ID: "def00016-0000-0000-0000-def000000016",
		Description: "Manages CPU profiles. There are none here.",
		Groups:      cpuProfiles},
}
