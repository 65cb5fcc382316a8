package settings

import (
	"net/netip"
	"slices"
	"strings"
)

// suggest writes the noProxy to use instead: what the author meant, plus every
// needed address and every wanted address or host that would go through the
// proxy otherwise. No entry lies inside another, addresses come before names,
// both sorted. Built-ins are left out unless needed addresses depend on them,
// since Harvester adds them but does not count them.
func suggest(entries []bypass, needed, vips []netip.Addr, wanted targets) string {
	meant := repaired(entries)
	prefixes := counted(meant)
	prefixes = append(prefixes, together(needed, vips, prefixes)...)
	builtIn := parseNoProxy(strings.Join(builtInNoProxy, ","))
	for _, p := range wanted.prefixes() {
		if !covers(append(counted(builtIn), prefixes...), p) {
			prefixes = append(prefixes, p)
		}
	}
	prefixes = minimal(withoutIdle(prefixes, counted(builtIn), needed))

	var words []string
	for _, p := range prefixes {
		words = append(words, spell(p))
	}
	return strings.Join(append(words, leanNames(meant, wanted.names(), builtIn, prefixes)...), ",")
}

// repaired replaces entries that do not do what they look like by such that
// do, and leaves out those that switch the proxy off or match nothing.
func repaired(entries []bypass) []bypass {
	var out []bypass
	for _, b := range entries {
		a, found := advise(b)
		if !found {
			out = append(out, b)
			continue
		}
		for _, text := range a.instead {
			fixed, ok := parseBypass(text)
			if again, bad := advise(fixed); ok && (!bad || slices.Equal(again.instead, []string{text})) {
				out = append(out, fixed)
			}
		}
	}
	return out
}

// together covers the needed addresses that have is missing. Addresses of one
// subnet share an entry: the nodes and VIPs of a cluster sit in one network,
// and the next node that joins is then covered too.
func together(needed, vips []netip.Addr, have []netip.Prefix) []netip.Prefix {
	members := map[netip.Prefix]int{}
	for _, a := range slices.Concat(needed, vips) {
		members[subnet(a)]++
	}
	var prefixes []netip.Prefix
	for _, a := range needed {
		switch {
		case covers(have, single(a)):
		case members[subnet(a)] > 1:
			prefixes = append(prefixes, subnet(a))
		default:
			prefixes = append(prefixes, single(a))
		}
	}
	return prefixes
}

// subnet is the customary size of a network: /24, and /64 for IPv6.
func subnet(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return netip.PrefixFrom(a, 24).Masked()
	}
	return netip.PrefixFrom(a, 64).Masked()
}

// withoutIdle drops the prefixes that built-ins cover and no needed address
// depends on.
func withoutIdle(prefixes, builtIn []netip.Prefix, needed []netip.Addr) []netip.Prefix {
	return slices.DeleteFunc(prefixes, func(p netip.Prefix) bool {
		return covers(builtIn, p) && !slices.ContainsFunc(needed, func(a netip.Addr) bool {
			return p.Contains(a.Unmap().WithZone(""))
		})
	})
}

// leanNames returns the names, and the entries with ports, that say something
// which no other entry says.
func leanNames(meant []bypass, wanted []string, builtIn []bypass, prefixes []netip.Prefix) []string {
	var entries []bypass
	for _, b := range meant {
		if !b.prefix.IsValid() || b.port != "" && !covers(prefixes, b.prefix) {
			entries = append(entries, b)
		}
	}
	entries = append(entries, parseNoProxy(strings.Join(wanted, ","))...)
	said := map[string]bool{}
	for _, b := range slices.Concat(builtIn, entries) {
		said[b.name] = said[b.name] || b.port == ""
	}
	var words []string
	for _, b := range entries {
		if !repeats(b, said) && !slices.ContainsFunc(builtIn, func(o bypass) bool { return o.name == b.name }) {
			words = append(words, strings.ToLower(b.text))
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// repeats says that another one of the names in said, a set of entries without
// ports, matches all that b matches.
func repeats(b bypass, said map[string]bool) bool {
	if b.name == "" {
		return false
	}
	name, below := strings.CutPrefix(b.name, ".")
	if below && said[name] || b.port != "" && said[b.name] {
		return true
	}
	for {
		_, parent, found := strings.Cut(name, ".")
		if !found {
			return false
		}
		if said[parent] || said["."+parent] {
			return true
		}
		name = parent
	}
}
