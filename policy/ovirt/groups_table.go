package ovirt

// The action groups, in the engine's order. ViewObject and those after it are ours.
const (
	CreateVM ActionGroup = iota + 1
	DeleteVM
	EditVMProperties
	ChangeVMCD
	MigrateVM
	ConnectToVM
	ImportExportVM
	ConfigureVMNetwork
	ConfigureVMStorage
	MoveVM
	ManipulateVMSnapshots
	ReconnectToVM
	ChangeVMCustomProperties
	EditAdminVMProperties
	CreateInstance
	RebootVM
	StopVM
	ShutDownVM
	HibernateVM
	RunVM
	ResetVM
	CreateHost
	EditHostConfiguration
	DeleteHost
	ManipulateHost
	ConfigureHostNetwork
	CreateTemplate
	EditTemplateProperties
	DeleteTemplate
	CopyTemplate
	ConfigureTemplateNetwork
	EditAdminTemplateProperties
	CreateVMPool
	EditVMPoolConfiguration
	DeleteVMPool
	VMPoolBasicOperations
	CreateCluster
	EditClusterConfiguration
	DeleteCluster
	ConfigureClusterNetwork
	AssignClusterNetwork
	ManipulateUsers
	ManipulateRoles
	ManipulatePermissions
	AddUsersAndGroupsFromDirectory
	EditProfile
	CreateStorageDomain
	EditStorageDomainConfiguration
	DeleteStorageDomain
	ManipulateStorageDomain
	CreateStoragePool
	DeleteStoragePool
	EditStoragePoolConfiguration
	ConfigureStoragePoolNetwork
	CreateStoragePoolNetwork
	DeleteStoragePoolNetwork
	ConfigureEngine
	ConfigureQuota
	ConsumeQuota
	CreateGlusterVolume
	ManipulateGlusterVolume
	DeleteGlusterVolume
	ManipulateGlusterHook
	ManipulateGlusterService
	CreateDisk
	AttachDisk
	EditDiskProperties
	ConfigureDiskStorage
	DeleteDisk
	ConfigureSCSIGenericIO
	AccessImageStorage
	DiskLiveStorageMigration
	SparsifyDisk
	ReduceDisk
	BackupDisk
	ConfigureNetworkVnicProfile
	CreateNetworkVnicProfile
	DeleteNetworkVnicProfile
	Login
	TagManagement
	BookmarkManagement
	EventNotificationManagement
	AuditLogManagement
	InjectExternalEvents
	InjectExternalTasks
	ManipulateAffinityGroups
	ConfigureStorageDiskProfile
	CreateStorageDiskProfile
	DeleteStorageDiskProfile
	AttachDiskProfile
	CreateMACPool
	EditMACPool
	DeleteMACPool
	ConfigureMACPool
	ConnectToSerialConsole
	DeleteCPUProfile
	UpdateCPUProfile
	CreateCPUProfile
	AssignCPUProfile
	// ViewObject is to read the very object that a role is assigned on. Every role holds it.
	ViewObject
	// ViewChildren is to read what is in the object too: virtual machines, disks, templates and what belongs to them.
	ViewChildren
	// ViewInfrastructure is to read hosts, storage, networks and settings under the object. ReadOnlyAdmin is this.
	ViewInfrastructure

	groupEnd
)

// groupTable says of each action group its name, the lowest type of a role that may hold it, whether a role that holds it
// views children, and what does not carry over.
var groupTable = [groupEnd]struct {
	name  string
	typ   RoleType
	views bool
	note  string
}{
	CreateVM:                       {"CREATE_VM", User, false, ""},
	DeleteVM:                       {"DELETE_VM", User, true, ""},
	EditVMProperties:               {"EDIT_VM_PROPERTIES", User, true, ""},
	ChangeVMCD:                     {"CHANGE_VM_CD", User, true, "changing a CD is a patch of the whole virtual machine, so it takes a group that gives one: CONFIGURE_VM_STORAGE or EDIT_VM_PROPERTIES"},
	MigrateVM:                      {"MIGRATE_VM", User, true, ""},
	ConnectToVM:                    {"CONNECT_TO_VM", User, true, ""},
	ImportExportVM:                 {"IMPORT_EXPORT_VM", Admin, true, "an import is allowed where virtual machines may be put, whichever storage class it fills"},
	ConfigureVMNetwork:             {"CONFIGURE_VM_NETWORK", User, true, ""},
	ConfigureVMStorage:             {"CONFIGURE_VM_STORAGE", User, true, ""},
	MoveVM:                         {"MOVE_VM", User, true, "the engine no longer asks it; the nearest is to migrate volumes"},
	ManipulateVMSnapshots:          {"MANIPULATE_VM_SNAPSHOTS", User, true, ""},
	ReconnectToVM:                  {"RECONNECT_TO_VM", User, true, "KubeVirt does not record who has the console, so it cannot be taken from him"},
	ChangeVMCustomProperties:       {"CHANGE_VM_CUSTOM_PROPERTIES", Admin, true, ""},
	EditAdminVMProperties:          {"EDIT_ADMIN_VM_PROPERTIES", Admin, true, ""},
	CreateInstance:                 {"CREATE_INSTANCE", User, false, ""},
	RebootVM:                       {"REBOOT_VM", User, true, ""},
	StopVM:                         {"STOP_VM", User, true, "a hard stop and a shutdown are one subresource, which tells them apart only in its body"},
	ShutDownVM:                     {"SHUT_DOWN_VM", User, true, "a hard stop and a shutdown are one subresource, which tells them apart only in its body"},
	HibernateVM:                    {"HIBERNATE_VM", User, true, "KubeVirt pauses in memory and cannot suspend to disk"},
	RunVM:                          {"RUN_VM", User, true, ""},
	ResetVM:                        {"RESET_VM", User, true, ""},
	CreateHost:                     {"CREATE_HOST", Admin, true, "nodes register themselves"},
	EditHostConfiguration:          {"EDIT_HOST_CONFIGURATION", Admin, true, "devices and start scripts are not told apart by host, so they take the group on the cluster"},
	DeleteHost:                     {"DELETE_HOST", Admin, true, ""},
	ManipulateHost:                 {"MANIPULATE_HOST", Admin, true, "an eviction does not tell its host, so it takes the group on the cluster"},
	ConfigureHostNetwork:           {"CONFIGURE_HOST_NETWORK", Admin, true, "the state of VLANs is read for the whole cluster"},
	CreateTemplate:                 {"CREATE_TEMPLATE", User, false, "instance types and preferences of a whole cluster take the group on System"},
	EditTemplateProperties:         {"EDIT_TEMPLATE_PROPERTIES", User, true, ""},
	DeleteTemplate:                 {"DELETE_TEMPLATE", User, true, ""},
	CopyTemplate:                   {"COPY_TEMPLATE", User, true, "the engine no longer asks it; the nearest is a new version of a template"},
	ConfigureTemplateNetwork:       {"CONFIGURE_TEMPLATE_NETWORK", User, true, ""},
	EditAdminTemplateProperties:    {"EDIT_ADMIN_TEMPLATE_PROPERTIES", Admin, true, ""},
	CreateVMPool:                   {"CREATE_VM_POOL", User, false, ""},
	EditVMPoolConfiguration:        {"EDIT_VM_POOL_CONFIGURATION", User, true, ""},
	DeleteVMPool:                   {"DELETE_VM_POOL", User, true, ""},
	VMPoolBasicOperations:          {"VM_POOL_BASIC_OPERATIONS", User, true, "KubeVirt has no call that takes a virtual machine from a pool"},
	CreateCluster:                  {"CREATE_CLUSTER", Admin, true, ""},
	EditClusterConfiguration:       {"EDIT_CLUSTER_CONFIGURATION", Admin, true, ""},
	DeleteCluster:                  {"DELETE_CLUSTER", Admin, true, ""},
	ConfigureClusterNetwork:        {"CONFIGURE_CLUSTER_NETWORK", Admin, true, ""},
	AssignClusterNetwork:           {"ASSIGN_CLUSTER_NETWORK", Admin, true, ""},
	ManipulateUsers:                {"MANIPULATE_USERS", Admin, true, "users are objects only where Rancher runs"},
	ManipulateRoles:                {"MANIPULATE_ROLES", Admin, true, ""},
	ManipulatePermissions:          {"MANIPULATE_PERMISSIONS", User, true, "it is about RoleAssignments, never about RBAC's own bindings"},
	AddUsersAndGroupsFromDirectory: {"ADD_USERS_AND_GROUPS_FROM_DIRECTORY", User, true, "users are not imported before they get a role"},
	EditProfile:                    {"EDIT_PROFILE", User, true, "everybody edits his own preferences already"},
	CreateStorageDomain:            {"CREATE_STORAGE_DOMAIN", Admin, true, ""},
	EditStorageDomainConfiguration: {"EDIT_STORAGE_DOMAIN_CONFIGURATION", Admin, true, "what Longhorn and snapshot classes hold belongs to no one storage class, so it takes the group on the data center"},
	DeleteStorageDomain:            {"DELETE_STORAGE_DOMAIN", Admin, true, ""},
	ManipulateStorageDomain:        {"MANIPULATE_STORAGE_DOMAIN", Admin, true, "disks of hosts belong to no one storage class, so it takes the group on the data center"},
	CreateStoragePool:              {"CREATE_STORAGE_POOL", Admin, true, ""},
	DeleteStoragePool:              {"DELETE_STORAGE_POOL", Admin, true, ""},
	EditStoragePoolConfiguration:   {"EDIT_STORAGE_POOL_CONFIGURATION", Admin, true, ""},
	ConfigureStoragePoolNetwork:    {"CONFIGURE_STORAGE_POOL_NETWORK", Admin, true, ""},
	CreateStoragePoolNetwork:       {"CREATE_STORAGE_POOL_NETWORK", Admin, true, ""},
	DeleteStoragePoolNetwork:       {"DELETE_STORAGE_POOL_NETWORK", Admin, true, "the engine asks CONFIGURE_STORAGE_POOL_NETWORK instead; here either will do"},
	ConfigureEngine:                {"CONFIGURE_ENGINE", Admin, true, ""},
	ConfigureQuota:                 {"CONFIGURE_QUOTA", Admin, true, ""},
	ConsumeQuota:                   {"CONSUME_QUOTA", User, true, "a quota belongs to a namespace, whoever uses it"},
	CreateGlusterVolume:            {"CREATE_GLUSTER_VOLUME", Admin, true, "the nearest is a volume of Longhorn"},
	ManipulateGlusterVolume:        {"MANIPULATE_GLUSTER_VOLUME", Admin, true, "the nearest is a volume of Longhorn"},
	DeleteGlusterVolume:            {"DELETE_GLUSTER_VOLUME", Admin, true, "the nearest is a volume of Longhorn"},
	ManipulateGlusterHook:          {"MANIPULATE_GLUSTER_HOOK", Admin, true, "there is no Gluster"},
	ManipulateGlusterService:       {"MANIPULATE_GLUSTER_SERVICE", Admin, true, "there is no Gluster"},
	CreateDisk:                     {"CREATE_DISK", User, false, "an upload does not tell its storage class, so it takes the group on the namespace or above"},
	AttachDisk:                     {"ATTACH_DISK", User, true, ""},
	EditDiskProperties:             {"EDIT_DISK_PROPERTIES", User, true, "an upload does not tell its disk, so it takes the group on the namespace or above"},
	ConfigureDiskStorage:           {"CONFIGURE_DISK_STORAGE", User, true, ""},
	DeleteDisk:                     {"DELETE_DISK", User, true, ""},
	ConfigureSCSIGenericIO:         {"CONFIGURE_SCSI_GENERIC_IO", Admin, true, ""},
	AccessImageStorage:             {"ACCESS_IMAGE_STORAGE", User, false, ""},
	DiskLiveStorageMigration:       {"DISK_LIVE_STORAGE_MIGRATION", User, true, ""},
	SparsifyDisk:                   {"SPARSIFY_DISK", User, true, "trimming a volume is no right of its own in Kubernetes"},
	ReduceDisk:                     {"REDUCE_DISK", Admin, true, "a claim cannot shrink"},
	BackupDisk:                     {"BACKUP_DISK", Admin, true, ""},
	ConfigureNetworkVnicProfile:    {"CONFIGURE_NETWORK_VNIC_PROFILE", Admin, true, ""},
	CreateNetworkVnicProfile:       {"CREATE_NETWORK_VNIC_PROFILE", Admin, true, ""},
	DeleteNetworkVnicProfile:       {"DELETE_NETWORK_VNIC_PROFILE", Admin, true, ""},
	Login:                          {"LOGIN", User, false, "Kubernetes authenticates, and lets everybody look which kinds there are"},
	TagManagement:                  {"TAG_MANAGEMENT", Admin, false, "there are no tags beside labels"},
	BookmarkManagement:             {"BOOKMARK_MANAGEMENT", Admin, false, "there are no bookmarks"},
	EventNotificationManagement:    {"EVENT_NOTIFICATION_MANAGEMENT", Admin, false, "there are no subscriptions to events"},
	AuditLogManagement:             {"AUDIT_LOG_MANAGEMENT", Admin, false, "the audit log is no object of the API"},
	InjectExternalEvents:           {"INJECT_EXTERNAL_EVENTS", Admin, false, ""},
	InjectExternalTasks:            {"INJECT_EXTERNAL_TASKS", Admin, false, "there are no tasks"},
	ManipulateAffinityGroups:       {"MANIPULATE_AFFINITY_GROUPS", Admin, true, ""},
	ConfigureStorageDiskProfile:    {"CONFIGURE_STORAGE_DISK_PROFILE", Admin, true, "a disk profile is its storage class"},
	CreateStorageDiskProfile:       {"CREATE_STORAGE_DISK_PROFILE", Admin, true, "a disk profile is its storage class"},
	DeleteStorageDiskProfile:       {"DELETE_STORAGE_DISK_PROFILE", Admin, true, "a disk profile is its storage class"},
	AttachDiskProfile:              {"ATTACH_DISK_PROFILE", User, true, "a disk profile is its storage class"},
	CreateMACPool:                  {"CREATE_MAC_POOL", Admin, true, "there are no pools of MAC addresses"},
	EditMACPool:                    {"EDIT_MAC_POOL", Admin, true, "there are no pools of MAC addresses"},
	DeleteMACPool:                  {"DELETE_MAC_POOL", Admin, true, "there are no pools of MAC addresses"},
	ConfigureMACPool:               {"CONFIGURE_MAC_POOL", Admin, true, "there are no pools of MAC addresses"},
	ConnectToSerialConsole:         {"CONNECT_TO_SERIAL_CONSOLE", User, true, ""},
	DeleteCPUProfile:               {"DELETE_CPU_PROFILE", Admin, true, "there are no CPU profiles"},
	UpdateCPUProfile:               {"UPDATE_CPU_PROFILE", Admin, true, "there are no CPU profiles"},
	CreateCPUProfile:               {"CREATE_CPU_PROFILE", Admin, true, "there are no CPU profiles"},
	AssignCPUProfile:               {"ASSIGN_CPU_PROFILE", Admin, true, "there are no CPU profiles"},
	ViewObject:                     {name: "view object"},
	ViewChildren:                   {name: "view children"},
	ViewInfrastructure:             {name: "view infrastructure"},
}
