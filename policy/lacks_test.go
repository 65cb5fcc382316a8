package policy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// assigning is a policy that gives a user one role on a virtual machine, and another on a storage class.
const assigning = `
{apiVersion: bailiwick.dev/v1alpha1, kind: RoleAssignment, metadata: {name: web}, spec: {roleRef: {name: UserVmManager}, subjects: [{kind: User, name: jane}], object: {kind: VirtualMachine, namespace: team, name: web}}}
---
{apiVersion: bailiwick.dev/v1alpha1, kind: RoleAssignment, metadata: {name: fast}, spec: {roleRef: {name: DiskCreator}, subjects: [{kind: User, name: jane}], object: {kind: StorageDomain, name: fast}}}
---
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: fast, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}}
`

func TestLacks(t *testing.T) {
	s := lacking(t, assigning)
	jane := policy.Subject{Name: "jane"}
	web := policy.Spot{Type: ovirt.VirtualMachine, Namespace: "team", Name: "web"}
	require.False(t, s.Lacks(jane, ovirt.EditVMProperties, web))
	require.True(t, s.Lacks(jane, ovirt.MigrateVM, web))
	require.True(t, s.Lacks(jane, ovirt.EditVMProperties, policy.Spot{Type: ovirt.VirtualMachine, Namespace: "team", Name: "db"}))
	require.True(t, s.Lacks(jane, ovirt.EditVMProperties, policy.Spot{Type: ovirt.VirtualMachine, Namespace: "team"}), "any of the namespace")
	require.True(t, s.Lacks(policy.Subject{Name: "joe"}, ovirt.EditVMProperties, web))

	require.False(t, s.LacksDisk(jane, "team", "fast"))
	require.True(t, s.LacksDisk(jane, "rivals", "fast"), "nothing was assigned to her there")
	require.True(t, s.LacksDisk(jane, "team", "slow"))
	require.True(t, s.LacksDisk(jane, "team", ""), "a class that is not known")
}

func TestDefaultClass(t *testing.T) {
	require.Empty(t, lacking(t, "").DefaultClass())
	require.Equal(t, "fast", lacking(t, assigning).DefaultClass())
	two := assigning + "---\n" + `{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: slow, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}}`
	require.Empty(t, lacking(t, two).DefaultClass(), "which of them the API server takes is not known")
}

func TestSpotsAreNamed(t *testing.T) {
	require.Equal(t, "VnicProfile nets/vlan1", policy.Spot{Type: ovirt.VnicProfile, Namespace: "nets", Name: "vlan1"}.String())
	require.Equal(t, `Namespace "team"`, policy.Spot{Type: ovirt.VirtualMachine, Namespace: "team"}.String())
	require.Equal(t, "Cluster", policy.Spot{Type: ovirt.Cluster}.String())
}

func lacking(t *testing.T, text string) *policy.Snapshot {
	t.Helper()
	objs := &policy.Objects{}
	require.Empty(t, load.Text(objs, "policy.yaml", []byte(text)))
	snap, _ := policy.Compile(objs, policy.Options{Self: policy.ClusterRef{Kind: policy.KindSveltosCluster, Namespace: "gke", Name: "here"}})
	return snap
}
