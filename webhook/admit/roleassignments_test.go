package admit_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// The UID of the object is written into the assignment where it is known, and stays there.
func TestAssignmentsAreOfOneObject(t *testing.T) {
	text, err := os.ReadFile("testdata/roleassignments/policy.yaml")
	require.NoError(t, err)
	snapshots := compile(t, string(text)+`
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {namespace: shop, name: disk, uid: pvc-1, ownerReferences: [{kind: DataVolume, name: disk}]}}
---
{apiVersion: cdi.kubevirt.io/v1beta1, kind: DataVolume, metadata: {namespace: shop, name: disk, uid: dv-1}}
---
{apiVersion: harvesterhci.io/v1beta1, kind: VirtualMachineImage, metadata: {namespace: shop, name: rocky, uid: i-1}}
---
{apiVersion: harvesterhci.io/v1beta1, kind: VirtualMachineTemplate, metadata: {namespace: shop, name: rocky, uid: t-1}}
`, policy.Options{})
	assignment := func(object string) string {
		return `{apiVersion: bailiwick.dev/v1alpha1, kind: RoleAssignment, metadata: {name: x}, spec: {subjects: [{kind: Everyone}], roleRef: {name: UserRole}, object: ` + object + `}}`
	}
	for name, tc := range map[string]struct{ object, old, uid string }{
		"a machine":                           {object: "{kind: VirtualMachine, namespace: shop, name: web}", uid: "vm-1"},
		"a machine that is not known":         {object: "{kind: VirtualMachine, namespace: shop, name: gone}"},
		"one of that name in another cluster": {object: `{kind: VirtualMachine, cluster: "SveltosCluster:gke/one", namespace: shop, name: web}`},
		"a disk and its DataVolume":           {object: "{kind: Disk, namespace: shop, name: disk}", uid: "pvc-1"},
		"a template and an image":             {object: "{kind: Template, namespace: shop, name: rocky}"},
		"a DataCenter":                        {object: "{kind: DataCenter, name: east}", uid: "dc-1"},
		"the system":                          {object: "{kind: System}"},
		"one that says its UID":               {object: "{kind: VirtualMachine, namespace: shop, name: web, uid: vm-0}", uid: "vm-0"},
		"one that had a UID": {object: "{kind: VirtualMachine, namespace: shop, name: web}",
			old: "{kind: VirtualMachine, namespace: shop, name: web, uid: vm-0}", uid: "vm-0"},
		"one that had none": {object: "{kind: VirtualMachine, namespace: shop, name: web}",
			old: "{kind: VirtualMachine, namespace: shop, name: web}", uid: "vm-1"},
	} {
		t.Run(name, func(t *testing.T) {
			w := write{user: "super", object: assignment(tc.object)}
			if tc.old != "" {
				w.old = assignment(tc.old)
			}
			got := submit(t, snapshots, "roleassignments", w)
			require.Nil(t, got.Refusal)
			var stored policy.RoleAssignment
			require.NoError(t, json.Unmarshal([]byte(got.Object), &stored))
			require.Equal(t, tc.uid, stored.Target().UID)
		})
	}
	t.Run("a file may call the object on", func(t *testing.T) {
		got := submit(t, snapshots, "roleassignments", write{user: "super", object: `{apiVersion: bailiwick.dev/v1alpha1, kind: RoleAssignment, metadata: {name: x},
			spec: {subjects: [{kind: Everyone}], roleRef: {name: UserRole}, on: {kind: VirtualMachine, namespace: shop, name: web}}}`})
		require.Nil(t, got.Refusal)
		require.Empty(t, got.Warnings)
	})
}

// Who holds something in one cluster gives nothing on what only its name makes the same in others.
func TestAssignmentsInOtherClusters(t *testing.T) {
	snapshots := compile(t, `
{apiVersion: lib.projectsveltos.io/v1beta1, kind: SveltosCluster, metadata: {namespace: mgmt, name: mgmt}}
---
{apiVersion: kubevirt.io/v1, kind: VirtualMachine, metadata: {namespace: shop, name: web, uid: vm-1}}
---
{apiVersion: bailiwick.dev/v1alpha1, kind: RoleAssignment, metadata: {name: shop}, spec: {subjects: [{kind: User, name: shopper}], roleRef: {name: UserVmManager},
 object: {kind: Namespace, cluster: "SveltosCluster:mgmt/mgmt", name: shop}}}
`, policy.Options{Self: policy.ClusterRef{Kind: policy.KindSveltosCluster, Namespace: "mgmt", Name: "mgmt"}})
	for object, refusal := range map[string]string{
		"{kind: VirtualMachine, namespace: shop, name: web}":                                        "",
		"{kind: VirtualMachine, namespace: shop, name: other}":                                      "without cluster it is the one of that name in each cluster, not only in SveltosCluster:mgmt/mgmt",
		"{kind: VirtualMachine, namespace: shop, name: other, uid: vm-2}":                           "without cluster",
		`{kind: VirtualMachine, cluster: "SveltosCluster:mgmt/mgmt", namespace: shop, name: other}`: "",
		`{kind: VirtualMachine, cluster: "SveltosCluster:gke/one", namespace: shop, name: other}`:   "MANIPULATE_PERMISSIONS on VirtualMachine shop/other of SveltosCluster:gke/one",
	} {
		got := submit(t, snapshots, "roleassignments", write{user: "shopper", object: `{apiVersion: bailiwick.dev/v1alpha1, kind: RoleAssignment, metadata: {name: x},
			spec: {subjects: [{kind: User, name: friend}], roleRef: {name: UserRole}, object: ` + object + `}}`})
		if refusal == "" {
			require.Nil(t, got.Refusal, object)
			continue
		}
		require.NotNil(t, got.Refusal, object)
		require.Contains(t, got.Refusal.Message, refusal)
	}
}
