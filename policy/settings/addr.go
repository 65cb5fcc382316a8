package settings

import (
	"net"
	"net/netip"
	"slices"
	"strings"
)

// parsePrefix reads a CIDR with Go's net.ParseCIDR, as Harvester and the proxy
// logic do, and says whether it was written with host bits or as IPv4 inside
// IPv6. The prefix it returns has neither.
func parsePrefix(s string) (p netip.Prefix, canonical, ok bool) {
	ip, network, err := net.ParseCIDR(s)
	if err != nil {
		return netip.Prefix{}, false, false
	}
	addr, _ := netip.AddrFromSlice(network.IP)
	bits, size := network.Mask.Size()
	if addr.Is4In6() && bits >= 96 {
		addr, bits = addr.Unmap(), bits-96
	}
	p = netip.PrefixFrom(addr, bits).Masked()
	mapped := size == 128 && p.Addr().Is4()
	return p, ip.Equal(network.IP) && !mapped, true
}

// parseAddr reads an address with Go's net.ParseIP: no zone, no leading zeros.
func parseAddr(s string) (netip.Addr, bool) {
	ip := net.ParseIP(s)
	if ip == nil {
		return netip.Addr{}, false
	}
	addr, ok := netip.AddrFromSlice(ip)
	return addr.Unmap(), ok
}

func single(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	return netip.PrefixFrom(a, a.BitLen())
}

// covers says whether the prefixes together contain all of p.
func covers(prefixes []netip.Prefix, p netip.Prefix) bool {
	var inside []netip.Prefix
	for _, q := range prefixes {
		switch {
		case q.Bits() <= p.Bits() && q.Overlaps(p):
			return true
		case q.Overlaps(p):
			inside = append(inside, q)
		}
	}
	if len(inside) == 0 || p.IsSingleIP() {
		return false
	}
	low, high := halves(p)
	return covers(inside, low) && covers(inside, high)
}

// halves splits a prefix that holds more than one address.
func halves(p netip.Prefix) (low, high netip.Prefix) {
	b := p.Masked().Addr().AsSlice()
	bits := p.Bits() + 1
	low = netip.PrefixFrom(p.Masked().Addr(), bits)
	b[(bits-1)/8] |= 1 << (7 - (bits-1)%8)
	upper, _ := netip.AddrFromSlice(b)
	return low, netip.PrefixFrom(upper, bits)
}

// minimal sorts prefixes by family and address, and drops those that lie
// inside another.
func minimal(prefixes []netip.Prefix) []netip.Prefix {
	var kept []netip.Prefix
	// Compare orders by address, then by length: whatever contains a prefix
	// comes before it, and only the last one kept can.
	for _, p := range slices.SortedFunc(slices.Values(prefixes), netip.Prefix.Compare) {
		if len(kept) == 0 || !kept[len(kept)-1].Overlaps(p) {
			kept = append(kept, p)
		}
	}
	return kept
}

// spell writes a prefix the short way: an address without its length.
func spell(p netip.Prefix) string {
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}

func spellAll(prefixes []netip.Prefix) string {
	words := make([]string, 0, len(prefixes))
	for _, p := range prefixes {
		words = append(words, spell(p))
	}
	return strings.Join(words, ",")
}

// between returns the prefixes that hold exactly the addresses from first to
// last, nothing if the two do not make a range.
func between(first, last netip.Addr) []netip.Prefix {
	if first.BitLen() != last.BitLen() || last.Less(first) {
		return nil
	}
	var prefixes []netip.Prefix
	for {
		p := single(first)
		for p.Bits() > 0 {
			wider := netip.PrefixFrom(first, p.Bits()-1)
			if wider.Masked().Addr() != first || last.Less(lastOf(wider)) {
				break
			}
			p = wider
		}
		prefixes = append(prefixes, p)
		end := lastOf(p)
		if end == last {
			return prefixes
		}
		first = end.Next()
	}
}

// lastOf is the highest address of a prefix.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	last, _ := netip.AddrFromSlice(b)
	return last
}
