package admit

import (
	"slices"

	admissionv1 "k8s.io/api/admission/v1"
	admissionregv1 "k8s.io/api/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// part is a kind whose objects belong to a virtual machine, which only they themselves name.
type part struct {
	group, resource string
	writes          []admissionregv1.OperationType
	// takes are the needs of a write that leaves the object so, or that finds it so.
	takes func(p *partWrite) []need
}

// partWrite is the object of a write, before or after it.
type partWrite struct {
	*Question
	object tree
}

// Upstream: kubevirt staging/src/kubevirt.io/api/{snapshot,export,clone,backup,core}; harvester
// pkg/apis/harvesterhci.io/v1beta1/{backup,schedulebackup}.go; harvester/vm-import-controller; kubev2v/forklift.
var machineParts = []part{
	{"snapshot.kubevirt.io", "virtualmachinesnapshots", everyWrite, refersTo("spec.source", ovirt.ManipulateVMSnapshots)},
	{"snapshot.kubevirt.io", "virtualmachinerestores", everyWrite, both(restored, patched)},
	{harvesterGroup, "virtualmachinebackups", createOrDelete, backedUp("spec")},
	{harvesterGroup, "schedulevmbackups", everyWrite, refersTo("spec.vmbackup.source", ovirt.BackupDisk)},
	{harvesterGroup, "virtualmachinerestores", createOrDelete, restoredByHarvester},
	{"backup.kubevirt.io", "virtualmachinebackups", createOrDelete, both(refersTo("spec.source", ovirt.BackupDisk), pushedTo)},
	{"backup.kubevirt.io", "virtualmachinebackuptrackers", createOrDelete, refersTo("spec.source", ovirt.BackupDisk)},
	{"export.kubevirt.io", "virtualmachineexports", everyWrite, refersTo("spec.source", ovirt.ImportExportVM)},
	{"clone.kubevirt.io", "virtualmachineclones", onlyCreate, both(inNamespaceTo(ovirt.CreateVM), both(cloned, patched))},
	{kubevirtGroup, "virtualmachineinstancemigrations", createOrDelete, migrating},
	{"migration.harvesterhci.io", "virtualmachineimports", everyWrite, both(imported, attachedTo("spec.networkMapping[].destinationNetwork"))},
	{"forklift.konveyor.io", "plans", everyWrite, planned},
	{"forklift.konveyor.io", "migrations", everyWrite, inNamespaceTo(ovirt.ImportExportVM)},
}

// partsAreHeld asks for the machine that a part names, before and after the write.
func partsAreHeld(q *Question) ([]need, error) {
	return q.partNeeds(machineParts)
}

func (q *Question) partNeeds(parts []part) ([]need, error) {
	at := slices.IndexFunc(parts, func(p part) bool {
		return p.group == q.Request.Resource.Group && p.resource == q.Request.Resource.Resource
	})
	if at < 0 {
		return nil, nil
	}
	object, old, err := q.writes()
	if err != nil || object != nil && going(old) {
		return nil, err
	}
	var needs []need
	for _, o := range []tree{old, object} {
		if o != nil {
			needs = append(needs, parts[at].takes(&partWrite{q, o})...)
		}
	}
	return needs, nil
}

func both(first, second func(*partWrite) []need) func(*partWrite) []need {
	return func(p *partWrite) []need { return append(first(p), second(p)...) }
}

// refersTo takes an action group on what a reference names: a virtual machine, or a claim. Of anything else, as a snapshot,
// nobody knows whose it is, so it takes the group on all machines of the namespace.
func refersTo(path string, group ovirt.ActionGroup) func(*partWrite) []need {
	return func(p *partWrite) []need {
		n := need{field: path, group: group, on: p.machine("")}
		for where, ref := range each(p.object, path) {
			n.field = where + ".name"
			switch text(ref, "kind") {
			case "VirtualMachine", "VirtualMachineInstance":
				n.on = p.machine(text(ref, "name"))
			case "PersistentVolumeClaim":
				n.on = diskSpot(p.Request.Namespace, text(ref, "name"))
			}
		}
		return []need{n}
	}
}

// machine is the machine of that name; without one it is any.
func (p *partWrite) machine(name string) policy.Spot {
	return policy.Spot{Type: ovirt.VirtualMachine, Namespace: p.Request.Namespace, Name: name}
}

// inNamespaceTo takes an action group where machines will be.
func inNamespaceTo(group ovirt.ActionGroup) func(*partWrite) []need {
	return func(p *partWrite) []need { return []need{{group: group, on: p.machine("")}} }
}

func migrating(p *partWrite) []need {
	name := text(child(p.object, "spec"), "vmiName")
	return []need{{field: "spec.vmiName", group: ovirt.MigrateVM, on: p.machine(name)}}
}

// backedUp tells a snapshot from a backup, which are one kind.
func backedUp(path string) func(*partWrite) []need {
	return func(p *partWrite) []need {
		group := ovirt.BackupDisk
		if text(child(p.object, path), "type") == "snapshot" {
			group = ovirt.ManipulateVMSnapshots
		}
		return refersTo(path+".source", group)(p)
	}
}

// pushedTo is the claim that a backup is written to.
func pushedTo(p *partWrite) []need {
	name := text(child(p.object, "spec"), "pvcName")
	if name == "" {
		return nil
	}
	return []need{{field: "spec.pvcName", group: ovirt.AttachDisk, on: diskSpot(p.Request.Namespace, name), rbac: use("", "persistentvolumeclaims", p.Request.Namespace, name)}}
}

// cloned are the machine that is copied and the storage classes of its disks.
func cloned(p *partWrite) []need {
	needs := refersTo("spec.source", ovirt.CreateVM)(p)
	source := child(child(p.object, "spec"), "source")
	if text(source, "kind") != "VirtualMachine" {
		return needs
	}
	if vm := p.Snapshot.VirtualMachine(p.Request.Namespace, text(source, "name")); vm != nil {
		for _, disk := range vm.Disks() {
			needs = append(needs, diskOn(p.Snapshot.ClassOf(p.Request.Namespace, disk), p.Request.Namespace, "spec.source.name", disk))
		}
	}
	return needs
}

// creating says whether the object comes to be: a machine that is made takes other rights than one that is there.
func (p *partWrite) creating() bool { return p.Request.Operation == admissionv1.Create }
