package policy

import "slices"

// machineNamespaces are where KubeVirt and CDI run: on a Harvester both are in the namespace of Harvester.
var machineNamespaces = []string{HarvesterController.Namespace, "kubevirt", "cdi"}

// machineControllers are the ServiceAccounts that run virtual machines and fill their disks. Whoever can make one of
// these namespaces can call himself so; that frees him of nothing but the guards of the hierarchy, which do not judge
// what RBAC allows him, and takes from him what its roles would.
//
// Upstream: kubevirt pkg/virt-operator/resource/generate/rbac; containerized-data-importer
// pkg/operator/resources/{cluster,namespaced,operator} and pkg/common/common.go.
var machineControllers = []string{
	virtAPI, "kubevirt-controller", "kubevirt-exportproxy", "kubevirt-handler", "kubevirt-operator", "kubevirt-synchronization-controller",
	"cdi-apiserver", "cdi-cronjob", "cdi-operator", "cdi-sa", "cdi-uploadproxy",
}

// harvesterControllers are further accounts that Harvester's charts create in its namespace.
//
// Upstream: harvester deploy/charts/harvester; harvester/charts harvester-network-controller, harvester-node-manager and
// harvester-node-disk-manager; harvester pkg/util/constants.go,
// HarvesterVMImportController.
var harvesterControllers = []string{
	"harvester", "harvester-network-controller", "harvester-node-disk-manager",
	"harvester-node-manager", "vm-import-controller-harvester-vm-import-controller",
}

// virtAPI is the account of KubeVirt's API server.
const virtAPI = "kubevirt-apiserver"

// MachineControllers are the user names of those who run virtual machines, sorted.
func MachineControllers() []string {
	var users []string
	for _, namespace := range machineNamespaces {
		for _, name := range machineControllers {
			users = append(users, ServiceAccount{Namespace: namespace, Name: name}.Username())
		}
	}
	for _, name := range harvesterControllers {
		users = append(users, ServiceAccount{Namespace: HarvesterController.Namespace, Name: name}.Username())
	}
	slices.Sort(users)
	return users
}

// Deputies are those among them who write a virtual machine because a user asked them to, and look no further than
// whether he may change the machine: KubeVirt's API server and Harvester's.
//
// Upstream: kubevirt pkg/virt-api/rest/{volumes,lifecycle}.go; harvester pkg/api/vm/handler.go.
func Deputies() []string {
	users := []string{HarvesterController.Username()}
	for _, namespace := range machineNamespaces {
		users = append(users, ServiceAccount{Namespace: namespace, Name: virtAPI}.Username())
	}
	slices.Sort(users)
	return users
}

var (
	isMachineController = set(MachineControllers())
	isDeputy            = set(Deputies())
)

// IsMachineController says whether the user runs virtual machines.
func (s *Snapshot) IsMachineController(username string) bool { return isMachineController[username] }

// IsDeputy says whether the user writes virtual machines for others.
func (s *Snapshot) IsDeputy(username string) bool { return isDeputy[username] }
