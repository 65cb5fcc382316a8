package admit

import (
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// deputiesAskTheCreator binds the API servers of KubeVirt and Harvester, which write a machine with their own accounts for
// any user who may change it, and attach it to whichever network and claim he names: whoever made the machine has to be
// allowed to use these. Who asked them, nobody can tell. Groups of the creator are not known, so what only they hold does
// not count. Machines without a creator are not bound. The creator of a running machine is that of the machine of its name.
func deputiesAskTheCreator(q *Question) Verdict {
	if q.Request.Resource.Resource != "virtualmachines" && !q.ofInstance() || !q.updating() || !q.Snapshot.IsDeputy(q.Who.Name) {
		return Verdict{}
	}
	vm, old, err := decode[policy.VirtualMachine](q)
	if err != nil {
		return invalid("", "%v", err)
	}
	// A restore puts a whole machine back, and was judged as a VirtualMachineRestore.
	restores := vm.Metadata.Annotations[lastRestore] != old.Metadata.Annotations[lastRestore]
	if q.ofInstance() {
		if old = q.Snapshot.VirtualMachine(q.Request.Namespace, q.Request.Name); old == nil {
			return Verdict{} // nobody knows who made it
		}
	}
	creator := policy.Subject{Name: old.Metadata.Annotations[policy.CreatorAnnotation], Groups: []string{"system:authenticated"}}
	if creator.Name == "" || old.InPool() || old.Deleting() || restores || q.updatesByRBAC(creator) {
		return Verdict{}
	}
	return q.judgeNeeds(creator, func(q *Question) ([]need, error) {
		needs, err := ofNewMachines(connectedTo)(q)
		return slices.DeleteFunc(needs, func(n need) bool { return !strings.HasPrefix(n.field, podSpec) }), err
	})
}

// lastRestore is written by Harvester when it restores a machine.
//
// Upstream: harvester pkg/controller/master/backup/restore.go.
const lastRestore = "restore.harvesterhci.io/last-restore-uid"

// connectedTo are the networks and claims of a machine.
func connectedTo(q *Question, m *machine) ([]need, error) {
	networks, _ := networksOf(q, m) // it cannot fail
	disks, err := disksOf(q, m)
	return append(networks, disks...), err
}

// updatesByRBAC says whether a user may write the machine whatever roles he holds.
func (q *Question) updatesByRBAC(who policy.Subject) bool {
	return q.Snapshot.Can(who, &policy.Ask{Verb: "update", Group: kubevirtGroup, Resource: "virtualmachines", Namespace: q.Request.Namespace, Name: q.Request.Name})
}
