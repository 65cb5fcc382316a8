package settings

import (
	"net"
	"net/netip"
	"slices"
	"strings"
)

// builtInNoProxy is what Harvester appends wherever it uses noProxy
// (pkg/util/proxy.go, AddBuiltInNoProxy). It is never stored, and Harvester's
// validator does not count it.
var builtInNoProxy = []string{
	"localhost", "127.0.0.1", "0.0.0.0", "10.0.0.0/8",
	"longhorn-system", "cattle-system", "cattle-system.svc", "harvester-system",
	".svc", ".cluster.local",
}

// bypass is one entry of noProxy as the proxy logic of Go programs reads it
// (golang.org/x/net/http/httpproxy); that is what Harvester, Rancher, RKE2 and
// containerd use. Exactly one of all, prefix and name says what it matches.
type bypass struct {
	text   string       // as written, without the spaces around it
	all    bool         // "*": everything
	prefix netip.Prefix // addresses; names are never resolved for this
	name   string       // lower case; ".x" matches below x, "x" also x itself
	port   string       // only this port, if not empty

	cidr      bool // written with a prefix length
	canonical bool // a prefix without host bits and not IPv4 inside IPv6
}

// parseNoProxy splits on commas, the only separator of Go's logic, and leaves
// out what that logic skips.
func parseNoProxy(noProxy string) []bypass {
	var entries []bypass
	for text := range strings.SplitSeq(noProxy, ",") {
		if b, ok := parseBypass(strings.TrimSpace(text)); ok {
			entries = append(entries, b)
		}
	}
	return entries
}

func parseBypass(text string) (bypass, bool) {
	b := bypass{text: text}
	lower := strings.ToLower(text)
	if lower == "" {
		return b, false
	}
	if lower == "*" {
		b.all = true
		return b, true
	}
	if p, canonical, ok := parsePrefix(lower); ok {
		b.prefix, b.canonical, b.cidr = p, canonical, true
		return b, true
	}
	host := lower
	if h, port, err := net.SplitHostPort(lower); err == nil {
		host, b.port = h, port
	}
	if host == "" {
		return b, false
	}
	if a, ok := parseAddr(host); ok {
		b.prefix, b.canonical = single(a), true
		return b, true
	}
	b.name = host
	if strings.HasPrefix(host, "*.") {
		b.name = host[1:]
	}
	return b, true
}

// counts says whether Harvester's validator takes the entry for coverage of
// node addresses: a CIDR or an address, and nothing else.
func (b bypass) counts() bool { return b.prefix.IsValid() && b.port == "" }

// matches says whether a request to host and port goes past the proxy because
// of this entry. An empty port stands for "any": only an entry without a port
// matches all of them.
func (b bypass) matches(host, port string) bool {
	if b.all {
		return true
	}
	if b.port != "" && b.port != port {
		return false
	}
	if a, ok := parseAddr(host); ok {
		return b.prefix.IsValid() && b.prefix.Contains(a)
	}
	if b.name == "" {
		return false
	}
	host = strings.ToLower(host)
	if strings.HasPrefix(b.name, ".") {
		return strings.HasSuffix(host, b.name)
	}
	return host == b.name || strings.HasSuffix(host, "."+b.name)
}

// passes says whether any entry lets host and port past the proxy. Loopback
// always passes.
func passes(entries []bypass, host, port string) bool {
	if a, ok := parseAddr(host); host == "localhost" || ok && a.IsLoopback() {
		return true
	}
	return slices.ContainsFunc(entries, func(b bypass) bool { return b.matches(host, port) })
}

// counted returns the prefixes that Harvester's validator counts.
func counted(entries []bypass) []netip.Prefix {
	var prefixes []netip.Prefix
	for _, b := range entries {
		if b.counts() {
			prefixes = append(prefixes, b.prefix)
		}
	}
	return prefixes
}

// literals returns the prefixes that go past the proxy on every port.
func literals(entries []bypass) []netip.Prefix {
	prefixes := counted(entries)
	if slices.ContainsFunc(entries, func(b bypass) bool { return b.all }) {
		prefixes = append(prefixes, everyIPv4, everyIPv6)
	}
	return prefixes
}

var (
	everyIPv4 = netip.MustParsePrefix("0.0.0.0/0")
	everyIPv6 = netip.MustParsePrefix("::/0")
)
