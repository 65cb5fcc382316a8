package ovirt

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func rolesNamed(t *testing.T, names ...string) []*Role {
	t.Helper()
	var roles []*Role
	for _, name := range names {
		r, ok := RoleByName(name)
		require.True(t, ok, name)
		roles = append(roles, r)
	}
	return roles
}

func TestGroups(t *testing.T) {
	require.Equal(t, 99, AllGroups.Len())
	for g := range AllGroups.All() {
		byName, ok := GroupByName(g.String())
		require.True(t, ok)
		require.Equal(t, g, byName)
		require.Contains(t, []RoleType{Admin, User}, g.Type(), "%s", g)
	}
	for _, name := range []string{"", "view children", "create_vm"} {
		_, ok := GroupByName(name)
		require.False(t, ok, name)
	}

	some := of(CreateVM, AssignCPUProfile)
	require.True(t, some.Has(CreateVM))
	require.False(t, some.Has(DeleteVM))
	require.True(t, AllGroups.Contains(some))
	require.False(t, some.Contains(AllGroups))
	require.Equal(t, of(CreateVM), some.Minus(of(AssignCPUProfile)))
	require.Equal(t, of(CreateVM, DeleteVM, AssignCPUProfile), some.Union(of(CreateVM, DeleteVM)))
}

// A group that gives nothing has to say why.
func TestEveryGroupGivesSomethingOrSaysWhyNot(t *testing.T) {
	for g := range AllGroups.All() {
		gives := slices.ContainsFunc(ruleList, func(r Rule) bool { return r.Group == g })
		require.True(t, gives || g.Note() != "", "%s has neither rules nor a note", g)
	}
}

// Eleven predefined User roles hold groups that a custom one could not.
func TestAdminGroupsInUserRoles(t *testing.T) {
	var mixed []string
	for _, r := range Roles() {
		for g := range r.Groups.All() {
			if r.Type == User && g.Type() == Admin {
				mixed = append(mixed, r.Name)
				break
			}
		}
	}
	require.ElementsMatch(t, []string{"PowerUserRole", "UserVmManager", "UserVmRunTimeManager", "UserInstanceManager", "DiskOperator", "VmCreator",
		"UserTemplateBasedVm", "MacPoolUser", "CpuProfileOperator", "ExternalEventsCreator", "ExternalTasksCreator"}, mixed)
}

// A custom role views children if one of its groups does; predefined ones say so themselves.
func TestViewsChildren(t *testing.T) {
	require.True(t, of(CreateVM, DeleteVM).ViewsChildren())
	require.False(t, of(CreateVM, CreateDisk, Login).ViewsChildren())
	require.False(t, Groups{}.ViewsChildren())
}

// Who may do what by which role, on the object of the requirement or above.
func TestMeets(t *testing.T) {
	on := func(g ActionGroup, t ObjectType) Requirement { return Requirement{Group: g, On: t} }
	for _, tc := range []struct {
		name  string
		needs Requirement
		meet  []string
		not   []string
	}{
		{"create a machine", on(CreateVM, VirtualMachine), []string{"VmCreator", "PowerUserRole", "ClusterAdmin"}, []string{"UserTemplateBasedVm", "UserRole"}},
		{"make one from a template", on(CreateVM, Template), []string{"UserTemplateBasedVm", "VmCreator"}, []string{"TemplateOwner"}},
		{"connect to a network", on(ConfigureVMNetwork, VnicProfile), []string{"VnicProfileUser", "NetworkAdmin"}, []string{"VmCreator"}},
		{"change interfaces of a machine", on(ConfigureVMNetwork, VirtualMachine), []string{"UserVmManager", "NetworkAdmin"}, []string{"VnicProfileUser"}},
		{"put a disk on storage", on(CreateDisk, StorageDomain), []string{"DiskCreator", "DataCenterAdmin"}, []string{"UserRole", "HostAdmin"}},
		{"edit storage", on(EditStorageDomainConfiguration, StorageDomain), []string{"StorageAdmin"}, []string{"DataCenterAdmin", "HostAdmin", "ClusterAdmin"}},
		{"edit a host", on(EditHostConfiguration, Host), []string{"HostAdmin", "ClusterAdmin"}, []string{"NetworkAdmin", "UserVmManager"}},
		{"read what is inside", on(ViewChildren, VirtualMachine), []string{"UserRole", "ReadOnlyAdmin", "HostAdmin"}, []string{"VmCreator", "PowerUserRole", "TagManager"}},
		{"read infrastructure", on(ViewInfrastructure, Host), []string{"ReadOnlyAdmin", "HostAdmin"}, []string{"UserRole", "AuditLogManager"}},
		{"read the very object", on(ViewObject, VnicProfile), []string{"VnicProfileUser", "DiskCreator"}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, r := range rolesNamed(t, tc.meet...) {
				require.True(t, r.Meets(tc.needs), r.Name)
			}
			for _, r := range rolesNamed(t, tc.not...) {
				require.False(t, r.Meets(tc.needs), r.Name)
			}
		})
	}
}

func TestObjectTypes(t *testing.T) {
	for _, name := range objectTypes[1:] {
		typ, ok := ObjectTypeByName(name)
		require.True(t, ok)
		require.Equal(t, name, typ.String())
		require.True(t, ObjectTypes(0).Has(typ), "no restriction")
		require.True(t, Only(typ).Has(typ))
		require.True(t, Only(typ).Has(AnyObject))
		require.Equal(t, typ == Disk, Only(Disk).Has(typ))
	}
	for _, name := range []string{"", "any object", "Pod"} {
		_, ok := ObjectTypeByName(name)
		require.False(t, ok, name)
	}
}

// The Requirements of a request, as the tables have them.
func TestFor(t *testing.T) {
	for _, tc := range []struct {
		verb, apiGroup, resource string // resource/subresource
		want                     []Requirement
	}{
		{"update", "subresources.kubevirt.io", "virtualmachines/stop", []Requirement{
			{StopVM, VirtualMachine, Named, Request}, {ShutDownVM, VirtualMachine, Named, Request}}},
		{"get", "subresources.kubevirt.io", "virtualmachineinstances/vnc/screenshot", []Requirement{{ConnectToVM, VirtualMachine, Named, Request}}},
		{"create", "", "persistentvolumeclaims", []Requirement{
			{CreateDisk, Disk, Container, OnlyBody}, {CreateDisk, StorageDomain, Body, OnlyBody}}},
		{"get", "k8s.cni.cncf.io", "network-attachment-definitions", []Requirement{
			{ViewChildren, VnicProfile, Named, Request}, {ViewObject, VnicProfile, Itself, Request}}},
		{"use", "k8s.cni.cncf.io", "network-attachment-definitions", []Requirement{
			{ConfigureVMNetwork, VnicProfile, Named, Request}, {ConfigureTemplateNetwork, VnicProfile, Named, Request}}},
		{"patch", "devices.harvesterhci.io", "pcideviceclaims", []Requirement{{EditHostConfiguration, Host, Container, Request}}},
		{"patch", "devices.harvesterhci.io", "pcideviceclaims/status", nil},
		{"deletecollection", "kubevirt.io", "virtualmachines", nil},
		{"get", "", "secrets", nil},
		{"get", "", "", nil},
	} {
		t.Run(tc.verb+" "+tc.resource, func(t *testing.T) {
			resource, subresource, _ := strings.Cut(tc.resource, "/")
			require.Equal(t, tc.want, For(tc.verb, tc.apiGroup, resource, subresource))
			require.Zero(t, testing.AllocsPerRun(10, func() { For(tc.verb, tc.apiGroup, resource, subresource) }))
		})
	}
}

func TestEveryRuleIsReachable(t *testing.T) {
	reached := 0
	for on := range ObjectType(len(objectTypes)) {
		for _, rules := range [][]Rule{slices.Collect(RulesOf(AllGroups, on)), slices.Collect(Reads(on))} {
			for _, r := range rules {
				reached++
				r.requests(func(q request) {
					require.Contains(t, For(q.verb, q.apiGroup, q.resource, q.subresource), r.Requirement, "%+v", q)
				})
			}
		}
	}
	require.Equal(t, len(ruleList)+len(readList), reached)
}

// What the rest relies on when it answers from the tables.
func TestTables(t *testing.T) {
	named := map[string]ObjectType{}
	for _, r := range slices.Concat(ruleList, readList) {
		require.NotContains(t, r.Verbs, "deletecollection", "%+v", r)
		require.NotContains(t, r.Verbs, "*", "%+v", r)
		require.NotContains(t, r.Resources, "secrets", "%+v", r)
		aggregated := r.APIGroup == subresources || r.APIGroup == upload
		for _, res := range r.Resources {
			if r.Place == Named || r.Place == Itself {
				resource, _, _ := strings.Cut(res, "/")
				key := r.APIGroup + "/" + resource
				if other, ok := named[key]; ok {
					require.Equal(t, other, r.On, "%s is named as two types of objects", key)
				}
				named[key] = r.On
			}
		}
		if r.Place == Body && r.Told != Request {
			require.False(t, aggregated, "admission does not see %+v", r)
			require.False(t, slices.Contains(strings.Fields(look), r.Verbs[0]), "admission does not see reads: %+v", r)
		}
		if r.On == System {
			require.Equal(t, Container, r.Place, "%+v", r)
		}
	}
}

func BenchmarkFor(b *testing.B) {
	for _, bm := range []struct{ name, verb, apiGroup, resource, subresource string }{
		{"hit", "update", "subresources.kubevirt.io", "virtualmachines", "start"},
		{"miss", "get", "", "pods", ""},
	} {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				For(bm.verb, bm.apiGroup, bm.resource, bm.subresource)
			}
		})
	}
}
