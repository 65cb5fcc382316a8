package admit

import (
	"slices"

	admissionregv1 "k8s.io/api/admissionregistration/v1"
)

// virtualMachines guards what only the body of a write tells about a virtual machine: what it is made from and connected
// to, which of its fields change, and to which machine a snapshot, a backup or a migration belongs. Whether somebody may
// write the kind at all there, was decided before, by what the request shows.
//
// Upstream: ovirt-engine, getPermissionCheckSubjects of AddVmCommand, UpdateVmCommand and the other commands.
var virtualMachines = Guard{
	Name: "virtualmachines",
	Doc: "Asks those who write virtual machines, their pools, templates, snapshots, backups and migrations by roles of the hierarchy " +
		"for each action group that the write takes: of the machine by the fields that change, and of each image, network, " +
		"storage class and disk that it newly refers to. Whom RBAC or a RoleTemplate lets write such an object, it does not bind.",
	Rules:  append(machineRules(), instanceWrites),
	Narrow: narrowMachines,
	Checks: []Check{
		{"machine", byRoles(machineIsHeld)},
		{"images", byRoles(ofNewMachines(imagesOf))},
		{"networks", byRoles(ofNewMachines(networksOf))},
		{"disks", byRoles(ofNewMachines(disksOf))},
		{"secrets", byRoles(ofNewMachines(secretsOf))},
		{"parts", byRoles(partsAreHeld)},
		{"templates", byRoles(templatesAreHeld)},
		{"deputies", deputiesAskTheCreator},
	},
}

const (
	kubevirtGroup = "kubevirt.io"
	poolGroup     = "pool.kubevirt.io"
)

func machineRules() []admissionregv1.RuleWithOperations {
	rules := []admissionregv1.RuleWithOperations{
		machineWrites,
		onWrite(poolGroup, "virtualmachinepools", admissionregv1.NamespacedScope),
	}
	for _, p := range machineParts {
		rules = append(rules, on(p.writes, p.group, p.resource, admissionregv1.NamespacedScope))
	}
	for _, k := range templateKinds {
		rules = append(rules, on(k.writes, k.group, k.resource, admissionregv1.NamespacedScope))
	}
	return rules
}

var (
	machineWrites = onWrite(kubevirtGroup, "virtualmachines", admissionregv1.NamespacedScope)
	// instanceWrites are how a disk is attached to a machine until it stops.
	instanceWrites = on(onlyUpdate, kubevirtGroup, "virtualmachineinstances", admissionregv1.NamespacedScope)
)

// The writes of a kind that are judged.
var (
	everyWrite     = []admissionregv1.OperationType{admissionregv1.Create, admissionregv1.Update, admissionregv1.Delete}
	createOrDelete = []admissionregv1.OperationType{admissionregv1.Create, admissionregv1.Delete}
	onlyUpdate     = []admissionregv1.OperationType{admissionregv1.Update}
	createOrUpdate = []admissionregv1.OperationType{admissionregv1.Create, admissionregv1.Update}
	onlyCreate     = []admissionregv1.OperationType{admissionregv1.Create}
)

// on is the rule for some writes of one resource.
func on(writes []admissionregv1.OperationType, group, resource string, scope admissionregv1.ScopeType) admissionregv1.RuleWithOperations {
	rule := onWrite(group, resource, scope)
	rule.Operations = slices.Clone(writes)
	return rule
}
