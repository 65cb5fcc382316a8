package settings

import (
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
)

// Mistakes in entries that are meant to be addresses.

// adviseSpelling: these work in Go, yet other programs read them differently.
func adviseSpelling(b bypass) (advice, bool) {
	if !b.cidr || b.canonical {
		return advice{}, false
	}
	what := " has bits set beyond its prefix length"
	if strings.Contains(b.text, ":") && b.prefix.Addr().Is4() {
		what = " is IPv4 written as IPv6, which few programs understand"
	}
	return advice{says: show(b.text) + what, instead: []string{spell(b.prefix)}}, true
}

func adviseRange(b bypass) (advice, bool) {
	from, to, found := strings.Cut(b.text, "-")
	first, ok1 := parseAddr(strings.TrimSpace(from))
	last, ok2 := parseAddr(strings.TrimSpace(to))
	if !found || !ok1 || !ok2 {
		return advice{}, false
	}
	a := advice{says: show(b.text) + " is a range, which matches nothing"}
	if prefixes := between(first, last); len(prefixes) > 0 && len(prefixes) <= 16 {
		a.instead = strings.Split(spellAll(prefixes), ",")
	}
	return a, true
}

func adviseNetmask(b bypass) (advice, bool) {
	address, mask, found := strings.Cut(b.text, "/")
	addr, ok := parseAddr(address)
	m := net.ParseIP(mask).To4()
	if !found || !ok || !addr.Is4() || m == nil {
		return advice{}, false
	}
	a := advice{says: show(b.text) + " has a netmask, which matches nothing"}
	if ones, size := net.IPMask(m).Size(); size == 32 {
		a.instead = []string{netip.PrefixFrom(addr, ones).Masked().String()}
	}
	return a, true
}

var starOctets = regexp.MustCompile(`^(\d{1,3}\.){1,3}\*(\.\*){0,2}$`)

func adviseStar(b bypass) (advice, bool) {
	if starOctets.MatchString(b.text) {
		a := advice{says: show(b.text) + " matches nothing, addresses have no wildcards"}
		octets := strings.Split(strings.TrimRight(b.text, ".*"), ".")
		padded := strings.Join(append(octets, "0", "0", "0")[:4], ".")
		if p, _, ok := parsePrefix(padded + "/" + strconv.Itoa(8*len(octets))); ok {
			a.instead = []string{p.String()}
		}
		return a, true
	}
	if strings.HasPrefix(b.text, "*.") && b.port == "" {
		return advice{says: show(b.text) + " is understood by Go programs, not by curl", instead: []string{b.text[1:]}}, true
	}
	if strings.Contains(b.text, "*") && b.port == "" {
		return advice{says: show(b.text) + " matches nothing, a star is only read at the start, before a dot"}, true
	}
	return advice{}, false
}

func adviseBrackets(b bypass) (advice, bool) {
	inner := strings.TrimSuffix(strings.TrimPrefix(b.text, "["), "]")
	inner, _, zoned := strings.Cut(inner, "%")
	a, ok := parseAddr(inner)
	if b.prefix.IsValid() || b.port != "" || !ok {
		return advice{}, false
	}
	what := " has brackets, which match nothing"
	if zoned {
		what = " has a zone, which matches nothing"
	}
	return advice{says: show(b.text) + what, instead: []string{a.String()}}, true
}

var digits = regexp.MustCompile(`^[0-9./]+$|^[0-9a-fA-F]*:[0-9a-fA-F:./]*:[0-9a-fA-F:./]*$`)

func adviseDigits(b bypass) (advice, bool) {
	if b.prefix.IsValid() || !digits.MatchString(b.text) {
		return advice{}, false
	}
	return advice{says: show(b.text) + " is neither an address nor a CIDR, it matches nothing"}, true
}
