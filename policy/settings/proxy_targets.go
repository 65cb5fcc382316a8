package settings

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// maxTargets bounds the hosts that are looked up in noProxy.
const maxTargets = 64

// target is something that the cluster itself talks to over HTTP.
type target struct {
	what   string       // for messages
	prefix netip.Prefix // addresses, or
	host   string       // a name
	port   string       // empty: whatever port
	advise bool         // belongs into a suggested noProxy
}

type targets []target

// proxyTargets lists what should go past the proxy besides the nodes.
//
// Harvester's documentation asks for the host of cluster-registration-url.
// Mirrors and backup targets may well be outside, reachable only through the
// proxy, so of these only private addresses are put into a suggestion.
func proxyTargets(f Facts) targets {
	var all targets
	for _, a := range f.VIPs {
		all = append(all, target{what: "VIP " + a.String(), prefix: single(a), advise: true})
	}
	for _, p := range f.PodCIDRs {
		all = append(all, target{what: "pod CIDR " + p.String(), prefix: p.Masked(), advise: true})
	}
	for _, p := range f.ServiceCIDRs {
		all = append(all, target{what: "service CIDR " + p.String(), prefix: p.Masked(), advise: true})
	}
	if t, ok := urlTarget("cluster-registration-url", registrationURL(f.Settings["cluster-registration-url"])); ok {
		t.advise = true
		all = append(all, t)
	}
	for _, endpoint := range mirrorEndpoints(f.Settings["containerd-registry"]) {
		if t, ok := urlTarget("containerd-registry", endpoint); ok {
			all = append(all, t)
		}
	}
	if t, ok := urlTarget("backup-target", s3Endpoint(f.Settings["backup-target"])); ok {
		all = append(all, t)
	}
	all = slices.DeleteFunc(all, func(t target) bool { return t.host == "" && !t.prefix.IsValid() })
	return all[:min(len(all), maxTargets)]
}

func urlTarget(setting, text string) (target, bool) {
	u, err := url.Parse(text)
	if err != nil || !isHost(u.Hostname()) {
		return target{}, false
	}
	t := target{what: "host " + plain(u.Hostname()) + " of " + setting, port: u.Port()}
	if t.port == "" {
		t.port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	if a, ok := parseAddr(u.Hostname()); ok {
		t.prefix, t.advise = single(a), a.IsPrivate()
	} else {
		t.host = strings.ToLower(u.Hostname())
	}
	return t, true
}

// proxied returns the targets that the entries do not take past the proxy.
func (ts targets) proxied(entries []bypass) targets {
	prefixes := literals(entries)
	var through targets
	for _, t := range ts {
		switch {
		case t.prefix.IsValid() && covers(prefixes, t.prefix):
		case t.prefix.IsSingleIP() && passes(entries, t.prefix.Addr().String(), t.port):
		case t.host != "" && passes(entries, t.host, t.port):
		default:
			through = append(through, t)
		}
	}
	return through
}

func (ts targets) prefixes() []netip.Prefix {
	var prefixes []netip.Prefix
	for _, t := range ts {
		if t.advise && t.prefix.IsValid() {
			prefixes = append(prefixes, t.prefix)
		}
	}
	return prefixes
}

func (ts targets) names() []string {
	var names []string
	for _, t := range ts {
		if t.advise && t.host != "" {
			names = append(names, t.host)
		}
	}
	return names
}

func (ts targets) String() string {
	var words []string
	for _, t := range ts {
		words = append(words, t.what)
	}
	slices.Sort(words)
	return strings.Join(slices.Compact(words), ", ")
}
