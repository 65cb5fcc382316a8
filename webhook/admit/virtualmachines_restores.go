package admit

import (
	"cmp"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// restored is the machine that a snapshot is put back into, which KubeVirt lets it be only if the snapshot is its own, or if
// it has gone by then. Where none is, one is made of somebody's snapshot.
//
// Upstream: kubevirt pkg/storage/snapshot/restore.go (errorRestoreToExistingTarget).
func restored(p *partWrite) []need {
	target := child(child(p.object, "spec"), "target")
	machine := p.machine(text(target, "name"))
	from := p.Snapshot.SavedOf("VirtualMachineSnapshot", p.Request.Namespace, text(child(p.object, "spec"), "virtualMachineSnapshotName"))
	snapshot := need{field: "spec.virtualMachineSnapshotName", group: ovirt.ManipulateVMSnapshots, on: p.machine(from), found: true}
	if p.creating() && !p.Snapshot.Knows(machine) {
		return []need{{field: "spec.target.name", group: ovirt.CreateVM, on: p.machine("")}, snapshot}
	}
	needs := refersTo("spec.target", ovirt.ManipulateVMSnapshots)(p)
	if p.creating() && from != "" {
		needs = append(needs, snapshot)
	}
	return needs
}

// restoredByHarvester is the same for Harvester, which puts any backup into any machine: it takes the group on
// the machine of the backup too, or on all of its namespace when nobody knows here which one it is of.
//
// Upstream: harvester pkg/webhook/resources/virtualmachinerestore/validator.go.
func restoredByHarvester(p *partWrite) []need {
	s := child(p.object, "spec")
	if !p.creating() {
		return refersTo("spec.target", ovirt.ManipulateVMSnapshots)(p)
	}
	from := p.machine("")
	from.Namespace = cmp.Or(text(s, "virtualMachineBackupNamespace"), from.Namespace)
	from.Name = p.Snapshot.SavedOf("VirtualMachineBackup", from.Namespace, text(s, "virtualMachineBackupName"))
	backup := need{field: "spec.virtualMachineBackupName", group: ovirt.ManipulateVMSnapshots, on: from, found: true}
	if made, _ := child(s, "newVM").(bool); made {
		return []need{{field: "spec.newVM", group: ovirt.CreateVM, on: p.machine("")}, backup}
	}
	return append(refersTo("spec.target", ovirt.ManipulateVMSnapshots)(p), backup)
}

// patched are the changes that KubeVirt makes to a machine while it makes it, which may be any.
//
// Upstream: kubevirt staging/src/kubevirt.io/api, VirtualMachineRestoreSpec.Patches and VirtualMachineCloneSpec.Patches.
func patched(p *partWrite) []need {
	if patches, _ := child(child(p.object, "spec"), "patches").([]any); len(patches) == 0 {
		return nil
	}
	return []need{{field: "spec.patches", group: ovirt.EditAdminVMProperties, on: policy.Spot{Type: onCluster}}}
}

// imported is where a machine from elsewhere is put.
func imported(p *partWrite) []need {
	return []need{{group: ovirt.ImportExportVM, on: p.machine("")}, {group: ovirt.CreateVM, on: p.machine("")}}
}

// planned is where Forklift puts machines.
func planned(p *partWrite) []need {
	const field = "spec.targetNamespace"
	on := policy.Spot{Type: ovirt.VirtualMachine, Namespace: cmp.Or(text(child(p.object, "spec"), "targetNamespace"), p.Request.Namespace)}
	return []need{{field: field, group: ovirt.ImportExportVM, on: on}, {field: field, group: ovirt.CreateVM, on: on}}
}

// attachedTo are the networks that machines are attached to.
func attachedTo(path string) func(*partWrite) []need {
	return func(p *partWrite) []need {
		var needs []need
		for where, name := range texts(p.object, path) {
			n := attachment(name, p.Request.Namespace, ovirt.ConfigureVMNetwork)
			n.field = where
			needs = append(needs, n)
		}
		return needs
	}
}
