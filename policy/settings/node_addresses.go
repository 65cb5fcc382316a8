package settings

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// nodeAddress is an InternalIP and who has it.
type nodeAddress struct {
	addr netip.Addr
	node string
}

func nodeAddresses(nodes []Node) []nodeAddress {
	var all []nodeAddress
	for _, n := range nodes {
		for _, a := range n.Addresses {
			if a.IsValid() {
				all = append(all, nodeAddress{a.Unmap().WithZone(""), n.Name})
			}
		}
	}
	slices.SortFunc(all, func(a, b nodeAddress) int { return a.addr.Compare(b.addr) })
	return slices.CompactFunc(all, func(a, b nodeAddress) bool { return a.addr == b.addr })
}

func addresses(nodes []Node) []netip.Addr {
	var all []netip.Addr
	for _, a := range nodeAddresses(nodes) {
		all = append(all, a.addr)
	}
	return all
}

func uncovered(nodes []Node, prefixes []netip.Prefix) []nodeAddress {
	return slices.DeleteFunc(nodeAddresses(nodes), func(a nodeAddress) bool {
		return covers(prefixes, single(a.addr))
	})
}

func describeMissing(missing []nodeAddress, total int) string {
	const most = 8
	var words []string
	builtIn := parseNoProxy(strings.Join(builtInNoProxy, ","))
	built := true
	for _, m := range missing {
		built = built && passes(builtIn, m.addr.String(), "")
		if len(words) < most {
			words = append(words, fmt.Sprintf("%s (node %s)", m.addr, m.node))
		}
	}
	if rest := len(missing) - len(words); rest > 0 {
		words = append(words, fmt.Sprintf("and %d more", rest))
	}
	message := fmt.Sprintf("noProxy does not cover %d of %d node addresses: %s", len(missing), total, strings.Join(words, ", "))
	if built {
		message += "; the built-in 10.0.0.0/8 would take them past the proxy all the same, " +
			"but Harvester's validator does not count what is built in"
	}
	return message
}
