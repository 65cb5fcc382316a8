package settings

import "net/netip"

// What Harvester's range checks count: two addresses for each node that runs
// Longhorn and two for each of its disks on the storage network, one for each
// node on the others, and rwxExtra more wherever RWX volumes go.
const rwxExtra = 32

// checkRoom refuses a network that is too small for what has to fit.
func (n *network) checkRoom(r *Result, needed int, why string) {
	if n.subnet.IsValid() && !r.failed() && n.usable() < needed {
		r.errorf(n.path+"/range", "%s leaves %d usable addresses, and %d are needed: %s", n.subnet, n.usable(), needed, why).
			hintf("use a wider range, or exclude less")
	}
}

// workers counts the nodes that carry VMs and storage.
func workers(f Facts) (n int) {
	for _, node := range f.Nodes {
		if !node.Witness {
			n++
		}
	}
	return n
}

func reportNoNodes(r *Result, path string, f Facts) {
	if !f.NodesKnown && len(f.Nodes) == 0 {
		r.unknownf(path+"/range", "whether the range is large enough, because the nodes are not known here")
	}
}

// checkOverlap compares the network with all others that the cluster has.
// Harvester does so for the three settings only. A network that pods are
// attached to must not contain pod or service addresses, or these pods lose
// the cluster; and it must not give out an address that a node has.
func (n *network) checkOverlap(r *Result, name string, f Facts) {
	if !n.subnet.IsValid() {
		return
	}
	path := n.path + "/range"
	for _, p := range f.PodCIDRs {
		if p.Overlaps(n.subnet) {
			r.errorf(path, "%s overlaps the pod network %s", n.subnet, p).hintf("use a range of its own")
		}
	}
	for _, p := range f.ServiceCIDRs {
		if p.Overlaps(n.subnet) {
			r.errorf(path, "%s overlaps the service network %s", n.subnet, p).hintf("use a range of its own")
		}
	}
	for _, a := range nodeAddresses(f.Nodes) {
		n.checkTaken(r, "node "+a.node, a.addr)
	}
	for _, a := range f.VIPs {
		n.checkTaken(r, "the VIP", a.Unmap())
	}
	if f.PodCIDRs == nil || f.ServiceCIDRs == nil || f.PodCIDRsPartial || f.ServiceCIDRsPartial {
		r.unknownf(path, "whether the range overlaps pod and service networks, not all known here")
	}
	n.checkSiblings(r, name, f)
}

func (n *network) checkTaken(r *Result, owner string, a netip.Addr) {
	switch {
	case n.givesOut(a):
		r.errorf(n.path+"/range", "%s would give out %s, the address of %s", n.subnet, a, plain(owner)).
			hintf("exclude the addresses of the nodes, or use a range of its own")
	case n.subnet.Contains(a):
		r.warnf(n.path+"/range", "%s contains %s, the address of %s, so pods with this network reach it on another way than before", n.subnet, a, plain(owner)).
			hintf("use a range of its own")
	}
}

// checkSiblings compares with the other two network settings.
func (n *network) checkSiblings(r *Result, name string, f Facts) {
	if f.Settings == nil {
		r.unknownf(n.path+"/range", "whether the range overlaps the other network settings, because they are not known here")
		return
	}
	for _, sibling := range []string{"storage-network", "vm-migration-network", "rwx-network"} {
		other := storedNetwork(sibling, f.Settings[sibling])
		switch {
		case sibling == name || !other.subnet.IsValid() || !other.subnet.Overlaps(n.subnet):
		case n.shares(other):
			r.errorf(n.path+"/range", "%s gives out addresses that %s gives out too", n.subnet, sibling).hintf("use a range of its own")
		default:
			r.warnf(n.path+"/range", "%s overlaps the range of %s, although no address is given out twice", n.subnet, sibling).hintf("use a range of its own")
		}
	}
}

// storedNetwork reads what another setting holds, as far as it is any good.
func storedNetwork(name, value string) network {
	if value == "" {
		return network{}
	}
	var ignored Result
	o := decode(value, &ignored)
	if o == nil {
		return network{}
	}
	if name == "rwx-network" {
		if o.flag("share-storage-network") {
			return network{}
		}
		o = o.object("network")
	}
	return readNetwork(&ignored, o, Facts{})
}

// sharesStorage says whether rwx-network uses the storage network.
func sharesStorage(f Facts) bool {
	value := f.Settings["rwx-network"]
	if value == "" {
		return false
	}
	o := decode(value, new(Result))
	return o != nil && o.flag("share-storage-network")
}
