package policy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/api/v1alpha1"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

const permissionsPolicy = `
{apiVersion: lib.projectsveltos.io/v1beta1, kind: SveltosCluster, metadata: {namespace: gke, name: one, uid: c-1, labels: {site: east}}}
---
{apiVersion: lib.projectsveltos.io/v1beta1, kind: SveltosCluster, metadata: {namespace: gke, name: two, labels: {site: west}}}
---
{apiVersion: bailiwick.dev/v1alpha1, kind: DataCenter, metadata: {name: east, uid: d-1}, spec: {clusterSelector: {matchLabels: {site: east}}}}
---
{apiVersion: kubevirt.io/v1, kind: VirtualMachine, metadata: {namespace: shop, name: web, uid: v-1}, spec: {template: {spec: {volumes: [{persistentVolumeClaim: {claimName: disk}}]}}}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {namespace: shop, name: disk, uid: p-1}, spec: {storageClassName: fast}}
---
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: fast, uid: s-1}}
---
{apiVersion: k8s.cni.cncf.io/v1, kind: NetworkAttachmentDefinition, metadata: {namespace: nets, name: vlan7, uid: n-1, labels: {network.harvesterhci.io/clusternetwork: mgmt}}}
---
{apiVersion: kubevirt.io/v1, kind: VirtualMachine, metadata: {namespace: shop, name: made, uid: v-2, annotations: {bailiwick.dev/creator: maker}}}
---
` // and assignments, as assigned makes them

func assigned(user, role, on string) string {
	return `{apiVersion: bailiwick.dev/v1alpha1, kind: RoleAssignment, metadata: {name: ` + user + `}, spec: {subjects: [{kind: User, name: ` + user + `}], roleRef: {name: ` + role + `}, object: ` + on + "}}\n---\n"
}

// Who holds an action group on an object of any cluster, as seen from the management cluster and from the cluster one.
func TestHoldsOn(t *testing.T) {
	text := permissionsPolicy +
		assigned("super", "SuperUser", "{kind: System}") +
		assigned("notsuper", "SuperUser", "{kind: Namespace, name: shop}") +
		assigned("east", "DataCenterAdmin", "{kind: DataCenter, name: east}") +
		assigned("oldeast", "DataCenterAdmin", "{kind: DataCenter, name: east, uid: d-0}") +
		assigned("one", "ClusterAdmin", `{kind: Cluster, cluster: "SveltosCluster:gke/one"}`) +
		assigned("oldone", "ClusterAdmin", `{kind: Cluster, cluster: "SveltosCluster:gke/one", uid: c-0}`) +
		assigned("shop", "UserVmManager", "{kind: Namespace, name: shop}") +
		assigned("shopone", "UserVmManager", `{kind: Namespace, cluster: "SveltosCluster:gke/one", name: shop}`) +
		assigned("web", "UserVmManager", "{kind: VirtualMachine, namespace: shop, name: web, uid: v-1}") +
		assigned("oldweb", "UserVmManager", "{kind: VirtualMachine, namespace: shop, name: web, uid: v-0}") +
		assigned("fast", "StorageAdmin", "{kind: StorageDomain, name: fast}") +
		assigned("mgmt", "NetworkAdmin", "{kind: Network, name: mgmt}")
	objs := &policy.Objects{}
	require.Empty(t, load.Text(objs, "policy.yaml", []byte(text)))
	one, err := policy.ParseClusterRef("SveltosCluster:gke/one")
	require.NoError(t, err)
	central, problems := policy.Compile(objs, policy.Options{})
	require.Empty(t, problems)
	inside, _ := policy.Compile(objs, policy.Options{Self: one})

	const inOne, inTwo = "SveltosCluster:gke/one", "SveltosCluster:gke/two"
	object := func(kind, cluster, namespace, name string) v1alpha1.ObjectReference {
		return v1alpha1.ObjectReference{Kind: v1alpha1.ObjectType(kind), Cluster: cluster, Namespace: namespace, Name: name}
	}
	everybody := []string{"super", "notsuper", "east", "oldeast", "one", "oldone", "shop", "shopone", "web", "oldweb", "fast", "mgmt", "maker", "nobody"}
	for name, tc := range map[string]struct {
		snap  *policy.Snapshot
		group ovirt.ActionGroup
		on    v1alpha1.ObjectReference
		hold  []string
	}{
		"a machine, in the cluster":          {inside, ovirt.ManipulatePermissions, object("VirtualMachine", "", "shop", "web"), []string{"super", "notsuper", "east", "one", "shop", "shopone", "web"}},
		"the same, by the cluster's name":    {inside, ovirt.ManipulatePermissions, object("VirtualMachine", inOne, "shop", "web"), []string{"super", "notsuper", "east", "one", "shop", "shopone", "web"}},
		"from the management cluster":        {central, ovirt.ManipulatePermissions, object("VirtualMachine", inOne, "shop", "web"), []string{"super", "notsuper", "east", "one", "shop", "shopone"}},
		"one of every cluster":               {central, ovirt.ManipulatePermissions, object("VirtualMachine", "", "shop", "web"), []string{"super", "notsuper", "shop", "web"}},
		"a machine of another cluster":       {central, ovirt.ManipulatePermissions, object("VirtualMachine", inTwo, "shop", "web"), []string{"super", "notsuper", "shop"}},
		"a machine that somebody made":       {inside, ovirt.ManipulatePermissions, object("VirtualMachine", "", "shop", "made"), []string{"super", "notsuper", "east", "one", "shop", "shopone", "maker"}},
		"a disk: by its machine and storage": {inside, ovirt.DeleteDisk, object("Disk", "", "shop", "disk"), []string{"super", "notsuper", "east", "one", "shop", "shopone", "web", "fast"}},
		"a disk that nobody uses":            {inside, ovirt.DeleteDisk, object("Disk", inOne, "shop", "free"), []string{"super", "notsuper", "east", "shop", "shopone"}},
		"one that may be in any cluster":     {inside, ovirt.DeleteDisk, object("Disk", "", "shop", "free"), []string{"super", "notsuper", "shop"}},
		"one that is in another":             {inside, ovirt.DeleteDisk, v1alpha1.ObjectReference{Kind: "Disk", Namespace: "shop", Name: "free", UID: "f-2"}, []string{"super", "notsuper", "shop"}},
		"an attachment: by its network":      {inside, ovirt.ConfigureNetworkVnicProfile, object("VnicProfile", "", "nets", "vlan7"), []string{"super", "east", "mgmt"}},
		"storage: not by its cluster":        {inside, ovirt.CreateDisk, object("StorageDomain", "", "", "fast"), []string{"super", "east", "fast"}},
		"a cluster":                          {central, ovirt.EditClusterConfiguration, object("Cluster", inOne, "", ""), []string{"super", "east", "one"}},
		"a cluster that nobody knows":        {central, ovirt.EditClusterConfiguration, object("Cluster", "SveltosCluster:gke/none", "", ""), []string{"super"}},
		"a data center":                      {central, ovirt.EditStoragePoolConfiguration, object("DataCenter", "", "", "east"), []string{"super", "east"}},
		"the system":                         {central, ovirt.CreateInstance, object("System", "", "", ""), []string{"super"}},
		"what is no object":                  {central, ovirt.CreateVM, object("Pod", "", "a", "b"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			var hold []string
			for _, user := range everybody {
				if tc.snap.HoldsOn(policy.Subject{Name: user}, tc.group, tc.on) {
					hold = append(hold, user)
				}
			}
			require.Equal(t, tc.hold, hold)
		})
	}
}

// Who made one of two objects of a name holds nothing on the other, whichever UID he writes down.
func TestHoldsOnTheObjectThatIsMeant(t *testing.T) {
	const twins = `
{apiVersion: harvesterhci.io/v1beta1, kind: VirtualMachineImage, metadata: {namespace: shop, name: ubuntu, uid: image, annotations: {bailiwick.dev/creator: victim}}}
---
{apiVersion: harvesterhci.io/v1beta1, kind: VirtualMachineTemplate, metadata: {namespace: shop, name: ubuntu, uid: template, annotations: {bailiwick.dev/creator: maker}}}
---
{apiVersion: harvesterhci.io/v1beta1, kind: VirtualMachineTemplate, metadata: {namespace: shop, name: debian, uid: debian, annotations: {bailiwick.dev/creator: maker}}}
---
{apiVersion: cdi.kubevirt.io/v1beta1, kind: DataVolume, metadata: {namespace: shop, name: disk, uid: volume, annotations: {bailiwick.dev/creator: maker}}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {namespace: shop, name: disk, uid: claim, ownerReferences: [{kind: DataVolume, name: disk}]}}
---
`
	objs := &policy.Objects{}
	require.Empty(t, load.Text(objs, "policy.yaml", []byte(twins+assigned("holder", "TemplateOwner", "{kind: Template, namespace: shop, name: ubuntu, uid: template}"))))
	snap, _ := policy.Compile(objs, policy.Options{})
	for _, tc := range []struct {
		kind, name, uid string
		holds           []string
	}{
		{"Template", "ubuntu", "image", []string{"victim"}},
		{"Template", "ubuntu", "template", []string{"maker", "holder"}},
		{"Template", "ubuntu", "", nil}, // would be both
		{"Template", "debian", "", []string{"maker"}},
		{"Disk", "disk", "claim", []string{"maker"}},
		{"Disk", "disk", "volume", []string{"maker"}},
		{"Disk", "disk", "", []string{"maker"}},
	} {
		var holds []string
		on := v1alpha1.ObjectReference{Kind: v1alpha1.ObjectType(tc.kind), Namespace: "shop", Name: tc.name, UID: tc.uid}
		for _, user := range []string{"maker", "victim", "holder"} {
			if snap.HoldsOn(policy.Subject{Name: user}, ovirt.ManipulatePermissions, on) {
				holds = append(holds, user)
			}
		}
		require.Equal(t, tc.holds, holds, "%+v", tc)
	}
}

// What shows a predefined role says the same as the role, and neither adds one nor is a problem.
func TestPredefinedRolesAreShown(t *testing.T) {
	objs := &policy.Objects{}
	for _, role := range ovirt.Roles() {
		d := &policy.RoleDefinition{Spec: policy.PredefinedSpec(role)}
		d.Kind, d.Metadata.Name, d.Metadata.Labels = "RoleDefinition", policy.ShownName(role), map[string]string{policy.PredefinedLabel: "true"}
		objs.RoleDefinitions = append(objs.RoleDefinitions, d)

		require.Equal(t, role.Groups, policy.GroupsOf(&d.Spec))
		require.Equal(t, role.ViewsChildren, policy.ViewsChildren(&d.Spec))
		require.Same(t, role, policy.PredefinedNamed(role.Name))
		require.Same(t, role, policy.PredefinedNamed(d.Metadata.Name))
		for _, other := range ovirt.Roles() {
			spec := policy.PredefinedSpec(other)
			require.Equal(t, role == other, policy.SameRole(&d.Spec, &spec), "%s and %s", role.Name, other.Name)
		}
	}
	snap, problems := policy.Compile(objs, policy.Options{})
	require.Empty(t, problems)
	require.Empty(t, snap.CustomRoles())
	require.Same(t, snap.AssignableRole("SuperUser"), snap.AssignableRole("superuser"))
	require.Nil(t, snap.AssignableRole("Janitor"))
}
