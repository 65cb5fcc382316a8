package settings

import (
	"net/netip"
	"strings"
)

// vipPools follows ValidateCIDRs of pkg/controller/master/setting: each pool is
// a list, parted by commas without trimming, of either CIDRs or ranges of IPv4
// addresses. Ranges the wrong way round pass there; ours refuses them, because
// they hold no address. Pools that overlap, or hold an address of a node, are
// found too. The setting is obsolete since Harvester 1.2.
var vipPools = setting{
	Info: Info{
		Name:    "vip-pools",
		Since:   "1.0",
		Form:    "JSON namespace -> list of CIDRs or list of ranges",
		Default: ``,
		Example: `{"default":"192.168.10.0/27"}`,
		Doc: "Refused: pools that mix CIDRs and ranges, spaces, single addresses, IPv6 ranges, ranges the wrong way round, addresses of nodes. " +
			"Warned: overlapping pools, and that IPPools replace the setting since 1.2.",
	},
	check: checkVIPPools,
}

// pool is what one namespace may hand out.
type pool struct {
	name     string
	prefixes []netip.Prefix
}

func checkVIPPools(value string, f Facts) (r Result) {
	o := decode(value, &r)
	if o == nil {
		return r
	}
	if len(o.members) > maxItems {
		r.errorf("", "%d pools are more than the %d that are looked at", len(o.members), maxItems)
		return r
	}
	var pools []pool
	nodes := nodeAddresses(f.Nodes)
	for _, m := range o.entries() {
		if m.value.kind != isText && m.value.kind != isNull {
			r.errorf(o.under(m.name), "must be a string, not %s", m.value.kind)
			continue
		}
		p := pool{m.name, readPool(&r, o.under(m.name), m.value.text)}
		for _, a := range nodes {
			if covers(p.prefixes, single(a.addr)) {
				r.errorf(o.under(m.name), "the pool would hand out %s, the address of node %s", a.addr, plain(a.node)).hintf("leave it out of the pool")
			}
		}
		for _, other := range pools {
			if overlapping(p.prefixes, other.prefixes) {
				r.warnf(o.under(m.name), "the pool overlaps that of %s", show(other.name))
			}
		}
		if len(pools) < maxTargets {
			pools = append(pools, p)
		}
	}
	if major, minor, ok := serverVersion(f); len(o.members) > 0 && (!ok || major > 1 || minor >= 2) {
		r.warnf("", "vip-pools is obsolete since Harvester 1.2").hintf("use IPPool objects")
	}
	return r
}

func readPool(r *Result, path, text string) (prefixes []netip.Prefix) {
	if strings.Contains(text, "-") && strings.Contains(text, "/") {
		r.errorf(path, "the pool mixes CIDRs and ranges").hintf("use either kind")
		return nil
	}
	for item := range strings.SplitSeq(text, ",") {
		switch from, to, isRange := strings.Cut(item, "-"); {
		case strings.TrimSpace(item) != item:
			r.errorf(path, "%s has spaces around it", show(item)).hintf("part entries by commas only")
		case isRange:
			prefixes = append(prefixes, readRange(r, path, item, from, to)...)
		default:
			p, canonical, ok := parsePrefix(item)
			if !ok {
				r.errorf(path, "%s is not a CIDR", show(item)).hintf("write it like 192.168.10.0/27, one address with /32")
				continue
			}
			if !canonical {
				r.warnf(path, "%s has bits set beyond its prefix length", show(item)).hintf("write %s", p)
			}
			prefixes = append(prefixes, p)
		}
	}
	return prefixes
}

func readRange(r *Result, path, item, from, to string) []netip.Prefix {
	first, ok1 := parseAddr(from)
	last, ok2 := parseAddr(to)
	switch {
	case !ok1 || !ok2 || !first.Is4() || !last.Is4():
		r.errorf(path, "%s is not a range of two IPv4 addresses", show(item)).hintf("write it like 192.168.10.10-192.168.10.20")
	case last.Less(first):
		r.errorf(path, "%s is the wrong way round and holds no address", show(item)).hintf("write %s-%s", last, first)
	default:
		return between(first, last)
	}
	return nil
}

func overlapping(a, b []netip.Prefix) bool {
	for _, p := range a {
		for _, q := range b {
			if p.Overlaps(q) {
				return true
			}
		}
	}
	return false
}
