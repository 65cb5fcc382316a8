package policy

import (
	"reflect"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Where says in which cluster objects stand.
type Where uint8

const (
	// Fleet is the management cluster, whose objects hold for all clusters.
	Fleet Where = 1 << iota
	// Here is the cluster that is served.
	Here
	// Inventory is the cluster that is served, for what changes there by the second and is read only if somebody needs it.
	Inventory
)

// Served says how an API server serves a kind, and which of its objects are read.
type Served struct {
	schema.GroupKind
	Resource   string   // as in a URL and in RBAC: "rolerequests"
	Versions   []string // those that are understood, the newest last
	Namespaced bool
	// Custom kinds come and go with a CustomResourceDefinition.
	Custom bool
	// Where the objects stand. Those that RoleRequests name stand in the fleet's cluster.
	Where Where
	// Only are the objects that are read, where that is not all. Without a name it is a whole namespace.
	Only []Ref
	// Named says that objects which RoleRequests name are read, beside Only: see NamedSources.
	Named bool
	// Fields is the struct of the fields that are read.
	Fields reflect.Type
}

// served has an entry for each of the kinds.
var served = map[schema.GroupKind]Served{
	{Group: SveltosGroup, Kind: "RoleRequest"}:                      {Resource: "rolerequests", Where: Fleet, Custom: true},
	{Group: SveltosGroup, Kind: "SveltosCluster"}:                   {Resource: "sveltosclusters", Where: Fleet, Custom: true},
	{Group: SveltosGroup, Kind: "ClusterSet"}:                       {Resource: "clustersets", Where: Fleet, Custom: true},
	{Group: SveltosGroup, Kind: "Set"}:                              {Resource: "sets", Where: Fleet, Custom: true},
	{Group: SveltosConfigGroup, Kind: "ClusterProfile"}:             {Resource: "clusterprofiles", Where: Fleet, Custom: true},
	{Group: SveltosConfigGroup, Kind: "Profile"}:                    {Resource: "profiles", Where: Fleet, Custom: true},
	{Group: SveltosGroup, Kind: "EventTrigger"}:                     {Resource: "eventtriggers", Where: Fleet, Custom: true},
	{Group: SveltosConfigGroup, Kind: "ClusterPromotion"}:           {Resource: "clusterpromotions", Where: Fleet, Custom: true},
	{Group: "cluster.x-k8s.io", Kind: "Cluster"}:                    {Resource: "clusters", Where: Fleet, Custom: true},
	{Group: "", Kind: "ConfigMap"}:                                  {Resource: "configmaps", Where: Here, Only: []Ref{{Namespace: vipNamespace, Name: vipConfigMap}}, Named: true},
	{Group: "", Kind: "Secret"}:                                     {Resource: "secrets", Named: true},
	{Group: "", Kind: "Namespace"}:                                  {Resource: "namespaces", Where: Here},
	{Group: "", Kind: "Node"}:                                       {Resource: "nodes", Where: Here},
	{Group: "", Kind: "Service"}:                                    {Resource: "services", Where: Here, Only: append([]Ref{kubernetesService}, vipServices...)},
	{Group: rbacv1.GroupName, Kind: "ClusterRole"}:                  {Resource: "clusterroles", Where: Here},
	{Group: rbacv1.GroupName, Kind: "ClusterRoleBinding"}:           {Resource: "clusterrolebindings", Where: Here},
	{Group: rbacv1.GroupName, Kind: "Role"}:                         {Resource: "roles", Where: Here},
	{Group: rbacv1.GroupName, Kind: "RoleBinding"}:                  {Resource: "rolebindings", Where: Here},
	{Group: "storage.k8s.io", Kind: "StorageClass"}:                 {Resource: "storageclasses", Where: Here},
	{Group: "networking.k8s.io", Kind: "ServiceCIDR"}:               {Resource: "servicecidrs", Where: Here},
	{Group: "snapshot.storage.k8s.io", Kind: "VolumeSnapshotClass"}: {Resource: "volumesnapshotclasses", Where: Here, Custom: true},
	{Group: HarvesterGroup, Kind: "Setting"}:                        {Resource: "settings", Where: Here, Custom: true},
	{Group: NetworkGroup, Kind: "ClusterNetwork"}:                   {Resource: "clusternetworks", Where: Here, Custom: true},
	{Group: "longhorn.io", Kind: "Node"}:                            {Resource: "nodes", Where: Here, Custom: true, Only: []Ref{{Namespace: longhornNamespace}}},
	{Group: RancherGroup, Kind: "ManagedChart"}:                     {Resource: "managedcharts", Where: Here, Custom: true, Only: []Ref{harvesterChart}},
	{Group: RancherGroup, Kind: "RoleTemplate"}:                     {Resource: "roletemplates", Where: Fleet, Custom: true},
	{Group: RancherGroup, Kind: "ClusterRoleTemplateBinding"}:       {Resource: "clusterroletemplatebindings", Where: Fleet, Custom: true},
	{Group: RancherGroup, Kind: "ProjectRoleTemplateBinding"}:       {Resource: "projectroletemplatebindings", Where: Fleet, Custom: true},
	{Group: RancherGroup, Kind: "Project"}:                          {Resource: "projects", Where: Fleet, Custom: true},
	{Group: RancherGroup, Kind: "GlobalRole"}:                       {Resource: "globalroles", Where: Fleet, Custom: true},
	{Group: RancherGroup, Kind: "GlobalRoleBinding"}:                {Resource: "globalrolebindings", Where: Fleet, Custom: true},
	{Group: RancherGroup, Kind: "User"}:                             {Resource: "users", Where: Fleet, Custom: true},
	{Group: BailiwickGroup, Kind: "RoleDefinition"}:                 {Resource: "roledefinitions", Where: Fleet, Custom: true},
	{Group: BailiwickGroup, Kind: "RoleAssignment"}:                 {Resource: "roleassignments", Where: Fleet, Custom: true},
	{Group: BailiwickGroup, Kind: "DataCenter"}:                     {Resource: "datacenters", Where: Fleet, Custom: true},

	{Group: "kubevirt.io", Kind: "VirtualMachine"}:                  {Resource: "virtualmachines", Where: Inventory, Custom: true},
	{Group: "pool.kubevirt.io", Kind: "VirtualMachinePool"}:         {Resource: "virtualmachinepools", Where: Inventory, Custom: true},
	{Group: HarvesterGroup, Kind: "VirtualMachineBackup"}:           {Resource: "virtualmachinebackups", Where: Inventory, Custom: true},
	{Group: "snapshot.kubevirt.io", Kind: "VirtualMachineSnapshot"}: {Resource: "virtualmachinesnapshots", Where: Inventory, Custom: true},
	{Group: HarvesterGroup, Kind: "VirtualMachineTemplate"}:         {Resource: "virtualmachinetemplates", Where: Inventory, Custom: true},
	{Group: HarvesterGroup, Kind: "VirtualMachineTemplateVersion"}:  {Resource: "virtualmachinetemplateversions", Where: Inventory, Custom: true},
	{Group: HarvesterGroup, Kind: "VirtualMachineImage"}:            {Resource: "virtualmachineimages", Where: Inventory, Custom: true},
	{Group: "", Kind: "PersistentVolumeClaim"}:                      {Resource: "persistentvolumeclaims", Where: Inventory},
	{Group: "cdi.kubevirt.io", Kind: "DataVolume"}:                  {Resource: "datavolumes", Where: Inventory, Custom: true},
	{Group: "k8s.cni.cncf.io", Kind: "NetworkAttachmentDefinition"}: {Resource: "network-attachment-definitions", Where: Inventory, Custom: true},
	{Group: NetworkGroup, Kind: "VlanConfig"}:                       {Resource: "vlanconfigs", Where: Inventory, Custom: true},
}

// Kinds are all kinds that can stand in a policy, ordered by kind and group.
func Kinds() []Served {
	list := make([]Served, 0, len(kinds))
	for gk, k := range kinds {
		s := served[gk]
		s.GroupKind, s.Versions, s.Namespaced, s.Fields = gk, k.versions, k.namespaced, k.fields
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b Served) int { return strings.Compare(a.String(), b.String()) })
	return list
}

// NamedSources are the ConfigMaps and Secrets that RoleRequests name, whether they exist or not.
func NamedSources(o *Objects) map[Ref]bool {
	c := compiler{clusters: o.Clusters}
	named := map[Ref]bool{}
	for _, rr := range o.RoleRequests {
		for _, ref := range rr.Spec.RoleRefs {
			for _, cluster := range c.clustersOf(rr, ref) {
				if key, err := ref.on(cluster); err == nil {
					named[key] = true
				}
			}
		}
	}
	return named
}
