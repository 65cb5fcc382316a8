package policy

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	kjson "sigs.k8s.io/json"
)

// Objects is everything that was read, by kind, in any order.
type Objects struct {
	RoleRequests []*RoleRequest
	Sources      []*Source
	Clusters     []*Cluster
	Sets         []*ClusterSet
	Roles        []*Role
	Bindings     []*Binding
	Profiles     []*Profile
	Generators   []*Generator
	Settings     []*Setting
	Nodes        []*Node

	Namespaces            []*Namespace
	StorageClasses        []*StorageClass
	VolumeSnapshotClasses []*VolumeSnapshotClass
	Services              []*Service
	ServiceCIDRs          []*ServiceCIDR
	ClusterNetworks       []*ClusterNetwork
	LonghornNodes         []*LonghornNode
	ManagedCharts         []*ManagedChart

	RoleTemplates      []*RoleTemplate
	TemplateBindings   []*TemplateBinding
	Projects           []*Project
	GlobalRoles        []*GlobalRole
	GlobalRoleBindings []*GlobalRoleBinding
	Users              []*User

	RoleDefinitions []*RoleDefinition
	RoleAssignments []*RoleAssignment
	DataCenters     []*DataCenter

	VirtualMachines  []*VirtualMachine
	MachinePools     []*MachinePool
	Saved            []*Saved
	MachineTemplates []*MachineTemplate
	TemplateVersions []*TemplateVersion
	Images           []*Image
	Claims           []*Claim
	DataVolumes      []*DataVolume
	Attachments      []*Attachment
	VlanConfigs      []*VlanConfig
}

// Bundle is what a source of policy held when it was read.
type Bundle struct {
	Objects  *Objects
	Problems []Problem
	// Stale says why the source may hold something newer by now; nil when it does not.
	Stale error
	// Sum tells one content from another, and PolicySum one policy from another: all but the inventory.
	Sum, PolicySum [sha256.Size]byte
}

// kind says how objects of one kind are read.
type kind struct {
	versions   []string
	namespaced bool
	reader
}

// API groups of Sveltos.
const (
	SveltosGroup       = "lib.projectsveltos.io"
	SveltosConfigGroup = "config.projectsveltos.io"
)

// API groups of Bailiwick itself, Rancher and Harvester.
const (
	BailiwickGroup = "bailiwick.dev"
	RancherGroup   = "management.cattle.io"
	HarvesterGroup = "harvesterhci.io"
	NetworkGroup   = "network.harvesterhci.io"
)

// kinds lists what can stand in a policy. A new kind is one line here and one field in Objects.
var kinds = map[schema.GroupKind]kind{
	{Group: SveltosGroup, Kind: "RoleRequest"}:                      {[]string{"v1alpha1", "v1beta1"}, false, into(func(o *Objects) *[]*RoleRequest { return &o.RoleRequests })},
	{Group: "", Kind: "ConfigMap"}:                                  {[]string{"v1"}, true, into(func(o *Objects) *[]*Source { return &o.Sources })},
	{Group: "", Kind: "Secret"}:                                     {[]string{"v1"}, true, into(func(o *Objects) *[]*Source { return &o.Sources })},
	{Group: SveltosGroup, Kind: "SveltosCluster"}:                   {[]string{"v1alpha1", "v1beta1"}, true, into(func(o *Objects) *[]*Cluster { return &o.Clusters })},
	{Group: "cluster.x-k8s.io", Kind: "Cluster"}:                    {[]string{"v1alpha3", "v1alpha4", "v1beta1", "v1beta2"}, true, into(func(o *Objects) *[]*Cluster { return &o.Clusters })},
	{Group: SveltosGroup, Kind: "ClusterSet"}:                       {[]string{"v1alpha1", "v1beta1"}, false, into(func(o *Objects) *[]*ClusterSet { return &o.Sets })},
	{Group: SveltosGroup, Kind: "Set"}:                              {[]string{"v1alpha1", "v1beta1"}, true, into(func(o *Objects) *[]*ClusterSet { return &o.Sets })},
	{Group: rbacv1.GroupName, Kind: "ClusterRole"}:                  {[]string{"v1"}, false, into(func(o *Objects) *[]*Role { return &o.Roles })},
	{Group: rbacv1.GroupName, Kind: "Role"}:                         {[]string{"v1"}, true, into(func(o *Objects) *[]*Role { return &o.Roles })},
	{Group: rbacv1.GroupName, Kind: "ClusterRoleBinding"}:           {[]string{"v1"}, false, into(func(o *Objects) *[]*Binding { return &o.Bindings })},
	{Group: rbacv1.GroupName, Kind: "RoleBinding"}:                  {[]string{"v1"}, true, into(func(o *Objects) *[]*Binding { return &o.Bindings })},
	{Group: SveltosConfigGroup, Kind: "ClusterProfile"}:             {[]string{"v1alpha1", "v1beta1"}, false, into(func(o *Objects) *[]*Profile { return &o.Profiles })},
	{Group: SveltosConfigGroup, Kind: "Profile"}:                    {[]string{"v1alpha1", "v1beta1"}, true, into(func(o *Objects) *[]*Profile { return &o.Profiles })},
	{Group: SveltosGroup, Kind: "EventTrigger"}:                     {[]string{"v1alpha1", "v1beta1"}, false, into(func(o *Objects) *[]*Generator { return &o.Generators })},
	{Group: SveltosConfigGroup, Kind: "ClusterPromotion"}:           {[]string{"v1beta1"}, false, into(func(o *Objects) *[]*Generator { return &o.Generators })},
	{Group: HarvesterGroup, Kind: "Setting"}:                        {[]string{"v1beta1"}, false, into(func(o *Objects) *[]*Setting { return &o.Settings })},
	{Group: "", Kind: "Node"}:                                       {[]string{"v1"}, false, into(func(o *Objects) *[]*Node { return &o.Nodes })},
	{Group: "", Kind: "Namespace"}:                                  {[]string{"v1"}, false, into(func(o *Objects) *[]*Namespace { return &o.Namespaces })},
	{Group: "", Kind: "Service"}:                                    {[]string{"v1"}, true, into(func(o *Objects) *[]*Service { return &o.Services })},
	{Group: "storage.k8s.io", Kind: "StorageClass"}:                 {[]string{"v1"}, false, into(func(o *Objects) *[]*StorageClass { return &o.StorageClasses })},
	{Group: "snapshot.storage.k8s.io", Kind: "VolumeSnapshotClass"}: {[]string{"v1"}, false, into(func(o *Objects) *[]*VolumeSnapshotClass { return &o.VolumeSnapshotClasses })},
	{Group: "networking.k8s.io", Kind: "ServiceCIDR"}:               {[]string{"v1beta1", "v1"}, false, into(func(o *Objects) *[]*ServiceCIDR { return &o.ServiceCIDRs })},
	{Group: NetworkGroup, Kind: "ClusterNetwork"}:                   {[]string{"v1beta1"}, false, into(func(o *Objects) *[]*ClusterNetwork { return &o.ClusterNetworks })},
	{Group: "longhorn.io", Kind: "Node"}:                            {[]string{"v1beta2"}, true, into(func(o *Objects) *[]*LonghornNode { return &o.LonghornNodes })},
	{Group: RancherGroup, Kind: "ManagedChart"}:                     {[]string{"v3"}, true, into(func(o *Objects) *[]*ManagedChart { return &o.ManagedCharts })},
	{Group: RancherGroup, Kind: "RoleTemplate"}:                     {[]string{"v3"}, false, into(func(o *Objects) *[]*RoleTemplate { return &o.RoleTemplates })},
	{Group: RancherGroup, Kind: "ClusterRoleTemplateBinding"}:       {[]string{"v3"}, true, into(func(o *Objects) *[]*TemplateBinding { return &o.TemplateBindings })},
	{Group: RancherGroup, Kind: "ProjectRoleTemplateBinding"}:       {[]string{"v3"}, true, into(func(o *Objects) *[]*TemplateBinding { return &o.TemplateBindings })},
	{Group: RancherGroup, Kind: "Project"}:                          {[]string{"v3"}, true, into(func(o *Objects) *[]*Project { return &o.Projects })},
	{Group: RancherGroup, Kind: "GlobalRole"}:                       {[]string{"v3"}, false, into(func(o *Objects) *[]*GlobalRole { return &o.GlobalRoles })},
	{Group: RancherGroup, Kind: "GlobalRoleBinding"}:                {[]string{"v3"}, false, into(func(o *Objects) *[]*GlobalRoleBinding { return &o.GlobalRoleBindings })},
	{Group: RancherGroup, Kind: "User"}:                             {[]string{"v3"}, false, into(func(o *Objects) *[]*User { return &o.Users })},
	{Group: BailiwickGroup, Kind: "RoleDefinition"}:                 {[]string{"v1alpha1"}, false, into(func(o *Objects) *[]*RoleDefinition { return &o.RoleDefinitions })},
	{Group: BailiwickGroup, Kind: "RoleAssignment"}:                 {[]string{"v1alpha1"}, false, into(func(o *Objects) *[]*RoleAssignment { return &o.RoleAssignments })},
	{Group: BailiwickGroup, Kind: "DataCenter"}:                     {[]string{"v1alpha1"}, false, into(func(o *Objects) *[]*DataCenter { return &o.DataCenters })},

	{Group: "kubevirt.io", Kind: "VirtualMachine"}:                  {[]string{"v1alpha3", "v1"}, true, into(func(o *Objects) *[]*VirtualMachine { return &o.VirtualMachines })},
	{Group: "pool.kubevirt.io", Kind: "VirtualMachinePool"}:         {[]string{"v1alpha1", "v1beta1"}, true, into(func(o *Objects) *[]*MachinePool { return &o.MachinePools })},
	{Group: HarvesterGroup, Kind: "VirtualMachineBackup"}:           {[]string{"v1beta1"}, true, into(func(o *Objects) *[]*Saved { return &o.Saved })},
	{Group: "snapshot.kubevirt.io", Kind: "VirtualMachineSnapshot"}: {[]string{"v1alpha1", "v1beta1"}, true, into(func(o *Objects) *[]*Saved { return &o.Saved })},
	{Group: HarvesterGroup, Kind: "VirtualMachineTemplate"}:         {[]string{"v1beta1"}, true, into(func(o *Objects) *[]*MachineTemplate { return &o.MachineTemplates })},
	{Group: HarvesterGroup, Kind: "VirtualMachineTemplateVersion"}:  {[]string{"v1beta1"}, true, into(func(o *Objects) *[]*TemplateVersion { return &o.TemplateVersions })},
	{Group: HarvesterGroup, Kind: "VirtualMachineImage"}:            {[]string{"v1beta1"}, true, into(func(o *Objects) *[]*Image { return &o.Images })},
	{Group: "", Kind: "PersistentVolumeClaim"}:                      {[]string{"v1"}, true, into(func(o *Objects) *[]*Claim { return &o.Claims })},
	{Group: "cdi.kubevirt.io", Kind: "DataVolume"}:                  {[]string{"v1beta1"}, true, into(func(o *Objects) *[]*DataVolume { return &o.DataVolumes })},
	{Group: "k8s.cni.cncf.io", Kind: "NetworkAttachmentDefinition"}: {[]string{"v1"}, true, into(func(o *Objects) *[]*Attachment { return &o.Attachments })},
	{Group: NetworkGroup, Kind: "VlanConfig"}:                       {[]string{"v1beta1"}, false, into(func(o *Objects) *[]*VlanConfig { return &o.VlanConfigs })},
}

// header is implemented by every kind through its embedded Object.
type header interface{ header() *Object }

// Item is one object that was read. It can be added to any number of Objects.
type Item interface {
	header
	prepare()
	AddTo(*Objects)
}

type item[PT header] struct {
	obj   PT
	field func(*Objects) *[]PT
}

func (i *item[PT]) header() *Object { return i.obj.header() }

// prepare does what is done once for an object, when its name is known.
func (i *item[PT]) prepare() {
	if p, ok := any(i.obj).(interface{ prepare() }); ok {
		p.prepare()
	}
}

// AddTo appends the object to those of its kind.
func (i *item[PT]) AddTo(o *Objects) {
	list := i.field(o)
	*list = append(*list, i.obj)
}

// reader reads objects of one kind into the struct of the fields that are read.
type reader struct {
	read   func(raw []byte, pos Position) (Item, error)
	fields reflect.Type
}

// into reads an object of type T, which goes to the field that the function picks.
func into[T any, PT interface {
	*T
	header
}](field func(*Objects) *[]PT) reader {
	read := func(raw []byte, pos Position) (Item, error) {
		obj := PT(new(T))
		if err := Decode(raw, obj); err != nil {
			return nil, err
		}
		if c, ok := any(obj).(interface{ check() error }); ok {
			if err := c.check(); err != nil {
				return nil, err
			}
		}
		obj.header().Position = pos
		return &item[PT]{obj, field}, nil
	}
	return reader{read: read, fields: reflect.TypeFor[T]()}
}

// Decode reads the JSON of one object into one of the kinds of this package. Field names are matched exactly, as
// the API server does.
func Decode(raw []byte, into any) error {
	return kjson.UnmarshalCaseSensitivePreserveInts(raw, into)
}

// FieldError says which field of an object cannot be read.
type FieldError struct {
	Path string // as in "spec.clusterSelector"
	Err  error
}

func (e *FieldError) Error() string { return e.Path + ": " + e.Err.Error() }
func (e *FieldError) Unwrap() error { return e.Err }

// Add reads the JSON of one object. What cannot be used is returned as a Problem and left out. A List adds its items.
func (o *Objects) Add(raw []byte, pos Position) []Problem {
	items, ps := Read(raw, pos)
	for _, i := range items {
		i.AddTo(o)
	}
	return ps
}

// Read reads the JSON of one object, or of a List. What cannot be used is returned as a Problem and left out.
func Read(raw []byte, pos Position) ([]Item, []Problem) {
	var head struct {
		metav1.TypeMeta `json:",inline"`
		Metadata        Metadata          `json:"metadata"`
		Items           []json.RawMessage `json:"items"`
	}
	if err := Decode(raw, &head); err != nil {
		return nil, []Problem{{Severity: Error, Position: pos, Message: fmt.Sprintf("not a Kubernetes object: %v", err)}}
	}
	if head.Kind == "List" {
		var items []Item
		var ps []Problem
		for _, raw := range head.Items {
			i, p := Read(raw, pos)
			items, ps = append(items, i...), append(ps, p...)
		}
		return items, ps
	}
	problem := func(s Severity, path, message, hint string) ([]Item, []Problem) {
		ref := Ref{Kind: head.Kind, Namespace: head.Metadata.Namespace, Name: head.Metadata.Name}
		return nil, []Problem{{Severity: s, Object: ref, Position: pos, Path: path, Message: message, Hint: hint}}
	}
	if head.Kind == "" || head.APIVersion == "" {
		return problem(Error, "", "not a Kubernetes object: apiVersion and kind are required", "")
	}
	gv, err := schema.ParseGroupVersion(head.APIVersion)
	if err != nil {
		return problem(Error, "apiVersion", err.Error(), "")
	}
	k, known := kinds[gv.WithKind(head.Kind).GroupKind()]
	switch {
	case !known:
		return problem(Warning, "", fmt.Sprintf("unknown kind %s in %s is ignored", head.Kind, head.APIVersion), "")
	case !slices.Contains(k.versions, gv.Version):
		return problem(Error, "apiVersion", fmt.Sprintf("version %q of %s is not supported", gv.Version, head.Kind),
			"supported: "+strings.Join(k.versions, ", "))
	case head.Metadata.Name == "":
		return problem(Error, "metadata.name", "is required", "")
	}
	obj, err := k.read(raw, pos)
	var field *FieldError
	switch {
	case errors.As(err, &field):
		return problem(Error, field.Path, field.Err.Error(), "")
	case err != nil:
		return problem(Error, "", err.Error(), "")
	}
	obj.header().Metadata.Namespace = namespaceOf(k, head.Metadata.Namespace)
	obj.prepare()
	return []Item{obj}, nil
}

// namespaceOf gives an object the namespace it has in a cluster: none when its kind has none, and kubectl's default
// when it names none.
func namespaceOf(k kind, namespace string) string {
	switch {
	case !k.namespaced:
		return ""
	case namespace == "":
		return metav1.NamespaceDefault
	default:
		return namespace
	}
}
