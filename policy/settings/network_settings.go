package settings

import "fmt"

// The three network settings follow validateStorageNetwork,
// validateVMMigrationNetwork and validateRWXNetwork. What depends on the state
// of the cluster is left to Harvester: that VLANs are ready on every node, that
// VMs are stopped and volumes detached, that no migration runs, and that no
// other network uses an exclusive VLAN.
//
// Beyond Harvester: no overlap with pod and service networks, no address of a
// node or VIP given out.
const networkForm = "{clusterNetwork, vlan, exclusiveVlan, range, exclude: []}"

const networkDoc = "Refused: a VLAN above 4094 or that of the nodes on mgmt, a range that is no IPv4 network of /16 or narrower, " +
	"exclusions outside the range, too few addresses, an overlap with pods, services, nodes or the other network settings. " +
	"Warned: a range that contains node addresses. Left to Harvester: VLAN readiness, stopped VMs, detached volumes."

var storageNetwork = setting{
	Info: Info{
		Name: "storage-network", Since: "1.1", Form: "JSON " + networkForm, Default: ``, Doc: networkDoc, Keep: true,
		Example: `{"clusterNetwork":"mgmt","vlan":210,"range":"172.22.8.0/24","exclude":["172.22.8.0/28"]}`,
	},
	check: checkStorageNetwork,
}

var vmMigrationNetwork = setting{
	Info: Info{
		Name: "vm-migration-network", Since: "1.6", Form: "JSON " + networkForm, Default: ``, Doc: networkDoc, Keep: true,
		Example: `{"clusterNetwork":"mgmt","vlan":211,"range":"172.22.9.0/24"}`,
	},
	check: checkVMMigrationNetwork,
}

// rwxNetwork is the one setting whose decoder refuses unknown keys, and the
// one that Harvester refuses to be empty without a default.
var rwxNetwork = setting{
	Info: Info{
		Name: "rwx-network", Since: "1.8", Form: "JSON {share-storage-network, network: " + networkForm + "}",
		Default: `{"share-storage-network":false}`, Keep: true,
		Example: `{"share-storage-network":false,"network":{"clusterNetwork":"mgmt","vlan":212,"range":"172.22.10.0/24"}}`,
		Doc:     networkDoc + " Refused too: unknown keys, sharing a storage network that is not set.",
	},
	check: checkRWXNetwork,
}

func checkStorageNetwork(value string, f Facts) (r Result) {
	o := decode(value, &r)
	if o == nil {
		return r
	}
	n := readNetwork(&r, o, f)
	o.restStrict()
	if n.exclusive && n.vlan <= 1 {
		r.errorf("/exclusiveVlan", "cannot be set for VLAN %d", n.vlan).hintf("use a VLAN of its own")
	}
	checkStorageRoom(&r, &n, f)
	n.checkOverlap(&r, "storage-network", f)
	return r
}

func checkStorageRoom(r *Result, n *network, f Facts) {
	needed, known := 0, true
	for _, node := range f.Nodes {
		if !node.Witness {
			needed += 2 + 2*node.Disks
			known = known && node.Disks > 0
		}
	}
	why := "two for each node and two for each of its disks"
	if sharesStorage(f) {
		needed += workers(f) + rwxExtra
		why += fmt.Sprintf(", and one for each node and %d because rwx-network shares it", rwxExtra)
	}
	n.checkRoom(r, needed, why)
	reportNoNodes(r, n.path, f)
	if !known {
		r.unknownf(n.path+"/range", "whether the range has addresses for every disk, because the disks of some nodes are not known here")
	}
}

func checkVMMigrationNetwork(value string, f Facts) (r Result) {
	o := decode(value, &r)
	if o == nil {
		return r
	}
	n := readNetwork(&r, o, f)
	o.restStrict()
	warnExclusive(&r, &n)
	n.checkRoom(&r, workers(f), "one for each node")
	reportNoNodes(&r, n.path, f)
	n.checkOverlap(&r, "vm-migration-network", f)
	return r
}

func checkRWXNetwork(value string, f Facts) (r Result) {
	o := decode(value, &r)
	if o == nil {
		return r
	}
	share := o.flag("share-storage-network")
	inner := o.object("network")
	switch {
	case share && f.Settings == nil:
		r.unknownf("/share-storage-network", "whether storage-network is set, because the other settings are not known here")
	case share && f.Settings["storage-network"] == "":
		r.errorf("/share-storage-network", "storage-network is not set, so there is nothing to share").hintf("set storage-network first")
	}
	if o.has("network") {
		n := readNetwork(&r, inner, f)
		warnExclusive(&r, &n)
		n.checkRoom(&r, workers(f)+rwxExtra, fmt.Sprintf("one for each node, and %d for volumes", rwxExtra))
		reportNoNodes(&r, n.path, f)
		n.checkOverlap(&r, "rwx-network", f)
		if share {
			r.warnf("/network", "has no effect while the storage network is shared").hintf("leave it out")
		}
	}
	for _, known := range []*object{o, inner} {
		for _, m := range known.unknown() {
			r.errorf(known.under(m.name), "unknown key %s, which Harvester refuses", show(m.name)).hintNear(m.name, known.known)
		}
	}
	return r
}

func warnExclusive(r *Result, n *network) {
	if n.exclusive {
		r.warnf(n.path+"/exclusiveVlan", "only storage-network uses this").hintf("leave it out")
	}
}
