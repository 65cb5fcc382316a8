package settings

import (
	"fmt"
	"net/netip"
	"slices"
)

// network is the value that storage-network, vm-migration-network and, one
// level down, rwx-network share (pkg/util/network/common.go, Config).
type network struct {
	path      string
	cluster   string
	vlan      int64
	exclusive bool
	subnet    netip.Prefix
	exclude   []netip.Prefix
}

const (
	maxVLAN     = 4094
	minNetBits  = 16 // Harvester takes no network wider than a /16
	mgmtNetwork = "mgmt"
)

// readNetwork follows validateNetworkHelper as far as the value itself goes:
// checkNetworkVlanValid and checkNetworkRangeValid. Excluded ranges may not
// overlap each other at all, while Harvester compares neighbours only.
func readNetwork(r *Result, o *object, f Facts) network {
	n := network{path: o.path, cluster: o.text("clusterNetwork"), vlan: o.integer("vlan"), exclusive: o.flag("exclusiveVlan")}
	subnet, exclude := o.text("range"), o.texts("exclude")
	if r.failed() {
		return n
	}
	n.checkVLAN(r)
	n.checkClusterNetwork(r, f)
	n.readRange(r, subnet)
	if n.subnet.IsValid() {
		n.readExcludes(r, exclude)
	}
	return n
}

func (n *network) checkVLAN(r *Result) {
	switch {
	case n.vlan < 0 || n.vlan > maxVLAN:
		r.errorf(n.path+"/vlan", "%d is not within 0 to %d", n.vlan, maxVLAN)
	case n.vlan <= 1 && n.cluster == mgmtNetwork:
		r.errorf(n.path+"/vlan", "VLAN %d is the network of the nodes themselves, which cannot be shared on %s", n.vlan, mgmtNetwork).
			hintf("use another VLAN, or another cluster network")
	}
}

func (n *network) checkClusterNetwork(r *Result, f Facts) {
	path := n.path + "/clusterNetwork"
	switch {
	case n.cluster == "":
		r.errorf(path, "is missing").hintf("name a ClusterNetwork, or %s", mgmtNetwork)
	case n.cluster == mgmtNetwork:
	case f.ClusterNetworks == nil:
		r.unknownf(path, "whether cluster network %s exists and spans every node, because cluster networks are not known here", show(n.cluster))
	case !slices.Contains(f.ClusterNetworks, n.cluster):
		r.errorf(path, "cluster network %s does not exist", show(n.cluster)).hintNear(n.cluster, f.ClusterNetworks)
	}
}

func (n *network) readRange(r *Result, text string) {
	path := n.path + "/range"
	p, canonical, ok := parsePrefix(text)
	switch {
	case !ok:
		r.errorf(path, "%s is not a CIDR", show(text)).hintf("write it like 172.22.8.0/24")
	case !p.Addr().Is4():
		r.errorf(path, "%s is IPv6, which Harvester does not support here", show(text))
	case !canonical:
		r.errorf(path, "%s has bits set beyond its prefix length", show(text)).hintf("write %s", p)
	case p.Bits() < minNetBits:
		r.errorf(path, "%s is wider than a /%d", show(text), minNetBits)
	default:
		n.subnet = p
	}
}

func (n *network) readExcludes(r *Result, texts []string) {
	if len(texts) > maxItems {
		r.errorf(n.path+"/exclude", "%d exclusions are more than the %d that are looked at", len(texts), maxItems).hintf("use wider ones")
		return
	}
	for i, text := range texts {
		path := fmt.Sprintf("%s/exclude/%d", n.path, i)
		p, canonical, ok := parsePrefix(text)
		if a, single := parseAddr(text); single {
			r.errorf(path, "%s is not a CIDR", show(text)).hintf("write %s/%d", a, a.BitLen())
			continue
		}
		if !ok {
			r.errorf(path, "%s is not a CIDR", show(text)).hintf("write it like 172.22.8.0/28")
			continue
		}
		if n.takesExclude(r, path, text, p) {
			n.exclude = append(n.exclude, p)
		}
		if !canonical {
			r.warnf(path, "%s has bits set beyond its prefix length", show(text)).hintf("write %s", p)
		}
	}
}

func (n *network) takesExclude(r *Result, path, text string, p netip.Prefix) bool {
	switch {
	case !p.Overlaps(n.subnet):
		r.errorf(path, "%s is not inside the range %s", show(text), n.subnet)
		return false
	case p.Bits() <= n.subnet.Bits():
		r.errorf(path, "%s excludes the whole range %s", show(text), n.subnet)
		return false
	}
	for _, other := range n.exclude {
		if other.Overlaps(p) {
			r.errorf(path, "%s overlaps the excluded %s", show(text), other).hintf("keep the wider one")
			return false
		}
	}
	return true
}

// unusable are the addresses of the range that nobody gets.
func (n *network) unusable() []netip.Prefix {
	return append([]netip.Prefix{single(n.subnet.Addr()), single(lastOf(n.subnet))}, n.exclude...)
}

// usable counts the addresses that can be given out.
func (n *network) usable() int {
	count := 1 << (32 - n.subnet.Bits())
	for _, p := range minimal(n.unusable()) {
		count -= 1 << (32 - p.Bits())
	}
	return max(0, count)
}

// givesOut says whether an address can be given out.
func (n *network) givesOut(a netip.Addr) bool {
	return n.subnet.Contains(a) && !covers(n.unusable(), single(a))
}

// shares says whether some address can be given out by both networks.
func (n *network) shares(other network) bool {
	if !n.subnet.IsValid() || !other.subnet.IsValid() || !n.subnet.Overlaps(other.subnet) {
		return false
	}
	smaller := n.subnet
	if other.subnet.Bits() > smaller.Bits() {
		smaller = other.subnet
	}
	return !covers(slices.Concat(n.unusable(), other.unusable()), smaller)
}
