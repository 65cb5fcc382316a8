package admit

import (
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// change is what it takes to change a part of a virtual machine.
type change struct {
	path  string
	group ovirt.ActionGroup
	// on is the machine, or its cluster.
	on ovirt.ObjectType
	// new says that a new machine takes it as well, on the cluster. Whatever else it has comes with CREATE_VM.
	new bool
}

const (
	onMachine = ovirt.VirtualMachine
	onCluster = ovirt.Cluster

	podSpec = "spec.template.spec"
	podMeta = "spec.template.metadata"
)

// changes are looked through from above: the first that is on the way to a field is what changing the field takes.
//
// Upstream: ovirt-engine, the EditableVmField annotations of VmBase (EDIT_ADMIN_VM_PROPERTIES) and the commands of each
// action group.
var changes = []change{
	// Which networks and disks.
	{podSpec + ".networks", ovirt.ConfigureVMNetwork, onMachine, false},
	{podSpec + ".domain.devices.interfaces", ovirt.ConfigureVMNetwork, onMachine, false},
	{podSpec + ".volumes", ovirt.ConfigureVMStorage, onMachine, false},
	{podSpec + ".utilityVolumes", ovirt.ConfigureVMStorage, onMachine, false},
	{podSpec + ".domain.devices.disks", ovirt.ConfigureVMStorage, onMachine, false},
	{podSpec + ".domain.devices.filesystems", ovirt.ConfigureVMStorage, onMachine, false},
	{"spec.dataVolumeTemplates", ovirt.ConfigureVMStorage, onMachine, false},
	{"spec.updateVolumesStrategy", ovirt.ConfigureVMStorage, onMachine, false},
	{"metadata.annotations[" + claimsAnnotation + "]", ovirt.ConfigureVMStorage, onMachine, false},

	// On which hosts, and what it takes of them.
	{podSpec + ".nodeSelector", ovirt.EditAdminVMProperties, onMachine, true},
	{podSpec + ".affinity.nodeAffinity", ovirt.EditAdminVMProperties, onMachine, true},
	{podSpec + ".tolerations", ovirt.EditAdminVMProperties, onMachine, true},
	{podSpec + ".schedulerName", ovirt.EditAdminVMProperties, onMachine, true},
	{podSpec + ".priorityClassName", ovirt.EditAdminVMProperties, onMachine, true},
	{podSpec + ".domain.cpu.dedicatedCpuPlacement", ovirt.EditAdminVMProperties, onMachine, true},
	{podSpec + ".domain.cpu.isolateEmulatorThread", ovirt.EditAdminVMProperties, onMachine, true},
	{podSpec + ".domain.cpu.numa", ovirt.EditAdminVMProperties, onMachine, true},
	{podSpec + ".domain.cpu.realtime", ovirt.EditAdminVMProperties, onMachine, true},
	{podSpec + ".domain.devices.hostDevices", ovirt.EditAdminVMProperties, onMachine, true},
	{podSpec + ".domain.devices.gpus", ovirt.EditAdminVMProperties, onMachine, true},
	{podSpec + ".resourceClaims", ovirt.EditAdminVMProperties, onMachine, true},
	{podMeta + ".annotations[k8s.v1.cni.cncf.io/networks]", ovirt.EditAdminVMProperties, onMachine, true},
	{podMeta + ".annotations[v1.multus-cni.io/default-network]", ovirt.EditAdminVMProperties, onMachine, true},
	{podSpec + ".affinity", ovirt.ManipulateAffinityGroups, onCluster, true},

	// Programs beside the guest.
	{podMeta + ".annotations[hooks.kubevirt.io/hookSidecars]", ovirt.ChangeVMCustomProperties, onMachine, true},
	{podSpec + ".domain.firmware.kernelBoot", ovirt.ChangeVMCustomProperties, onMachine, true},

	{"spec.running", ovirt.RunVM, onMachine, false},                // or STOP_VM: see powered
	{"spec.runStrategy", ovirt.RunVM, onMachine, false},            // or STOP_VM
	{"metadata.ownerReferences", ovirt.DeleteVM, onMachine, false}, // it goes when its owner does
	{"spec", ovirt.EditVMProperties, onMachine, false},
	{"metadata", ovirt.EditVMProperties, onMachine, false},
}

// machineIsHeld asks for a new machine where it will be, and for one that changes by what changes. A pool has an action
// group of its own.
func machineIsHeld(q *Question) ([]need, error) {
	object, old, err := q.writes()
	if err != nil || going(old) {
		return nil, err
	}
	now := q.machineOf(object)
	switch resource := q.Request.Resource.Resource; {
	case now == nil, resource == "virtualmachinetemplateversions":
		return nil, nil
	case old != nil && resource == "virtualmachines":
		return changed(q.machineOf(old), now), nil
	case old != nil: // who may change a pool's configuration, authorization decides
		return newly(q.machineOf(old), now), nil
	case resource == "virtualmachinepools":
		pool := policy.Spot{Type: ovirt.VirtualMachinePool, Namespace: q.Request.Namespace}
		return append([]need{{group: ovirt.CreateVMPool, on: pool}}, newly(nil, now)...), nil
	}
	create := need{group: ovirt.CreateVM, on: policy.Spot{Type: ovirt.VirtualMachine, Namespace: q.Request.Namespace}}
	if child(child(now.fields, "spec"), "instancetype") != nil {
		create.or = ovirt.CreateInstance
	}
	return append([]need{create}, newly(nil, now)...), nil
}

// newly are the needs of a new machine beside CREATE_VM, or of what is new in that of a pool.
func newly(old, now *machine) []need {
	var needs []need
	for _, path := range changedPaths(old, now) {
		if c := changeAt(path); c.new {
			needs = append(needs, need{field: now.at + path, group: c.group, on: policy.Spot{Type: onCluster}})
		}
	}
	return needs
}

// changed are the needs of what an update changes.
func changed(old, now *machine) []need {
	var needs []need
	before, after := old.drives(), now.drives()
	for _, path := range changedPaths(old, now) {
		c := changeAt(path)
		n := need{field: path, group: powered(&c, now), on: now.spot}
		if c.on == onCluster {
			n.on = policy.Spot{Type: onCluster}
		}
		if c.group == ovirt.ConfigureVMStorage && isOfCD(path, before, after) {
			n.or = ovirt.ChangeVMCD
		}
		needs = append(needs, n)
	}
	return append(needs, migrated(old, now)...)
}

func changeAt(path string) change {
	for _, c := range changes {
		if within(path, c.path) {
			return c
		}
	}
	return change{path: path, group: ovirt.EditVMProperties, on: onMachine}
}
