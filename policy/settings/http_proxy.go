package settings

import (
	"fmt"
	"slices"
	"strings"
)

// httpProxy follows validateHTTPProxy and validateNoProxy: once a proxy is
// set, every InternalIP of every node has to be inside an address or CIDR of
// noProxy. Harvester's built-in entries do not count for that, although they
// are appended wherever the value is used; so a cluster in 10.0.0.0/8 is
// refused without need, and we have to refuse with it, saying so.
//
// Beyond Harvester: the proxy URLs are read, entries that match nothing are
// named, and the other addresses that a cluster talks to (VIP, pods, services,
// Rancher, mirrors, backup target) are warned of when they would go through
// the proxy (harvester issues 4282, 3091, 6539). The message carries a noProxy
// that is accepted as printed.
var httpProxy = setting{
	Info: Info{
		Name:    "http-proxy",
		Since:   "1.0",
		Form:    "JSON {httpProxy, httpsProxy, noProxy}",
		Default: `{}`,
		Example: `{"httpProxy":"http://proxy.example:3128","httpsProxy":"http://proxy.example:3128","noProxy":"10.20.0.0/24,.lab.example"}`,
		Doc: "Refused: a node address outside noProxy, a text that is not a proxy URL. " +
			"Warned: credentials in the URL, noProxy entries that match nothing, VIP, pod and service networks, " +
			"Rancher, mirrors and backup target that would go through the proxy.",
	},
	check: checkHTTPProxy,
}

// maxEnv is the longest environment variable that Linux lets a process start
// with (MAX_ARG_STRLEN), name and terminator included.
const maxEnv = 128 << 10

func checkHTTPProxy(value string, f Facts) (r Result) {
	o := decode(value, &r)
	if o == nil {
		return r
	}
	plainProxy, tlsProxy, noProxy := o.text("httpProxy"), o.text("httpsProxy"), o.text("noProxy")
	o.rest()
	if r.failed() {
		return r
	}
	if plainProxy == "" && tlsProxy == "" {
		if noProxy != "" {
			r.warnf("/noProxy", "noProxy has no effect without httpProxy or httpsProxy")
		}
		return r
	}
	checkProxies(&r, plainProxy, tlsProxy)
	if len("NO_PROXY=")+len(noProxy)+len(strings.Join(builtInNoProxy, ","))+2 > maxEnv {
		r.errorf("/noProxy", "noProxy is longer than an environment variable can be").hintf("use CIDRs instead of single addresses")
		return r
	}
	checkNoProxy(&r, noProxy, f)
	return r
}

func checkProxies(r *Result, plainProxy, tlsProxy string) {
	if plainProxy != "" {
		checkProxyURL(r, "/httpProxy", "httpProxy", plainProxy)
	} else {
		r.warnf("/httpProxy", "only httpsProxy is set: requests to http:// URLs do not use a proxy")
	}
	if tlsProxy != "" {
		checkProxyURL(r, "/httpsProxy", "httpsProxy", tlsProxy)
	} else {
		r.warnf("/httpsProxy", "only httpProxy is set: requests to https:// URLs do not use a proxy").
			hintf("set httpsProxy too, most often to the same URL")
	}
}

func checkNoProxy(r *Result, noProxy string, f Facts) {
	entries := parseNoProxy(noProxy)
	effective := append(slices.Clone(entries), parseNoProxy(strings.Join(builtInNoProxy, ","))...)
	var says []string
	for _, b := range entries {
		if a, found := advise(b); found {
			hint := ""
			if len(a.instead) > 0 && a.instead[0] != b.text {
				hint = "write " + plain(strings.Join(a.instead, ","))
			}
			r.warnf("/noProxy", "%s", a.says).hintf("%s", hint)
			says = append(says, a.says)
		}
	}
	all := proxyTargets(f)
	through := all.proxied(effective)
	advice := "set noProxy to " + fmt.Sprintf("%q", suggest(entries, addresses(f.Nodes), f.VIPs, all))

	missing := uncovered(f.Nodes, counted(entries))
	if len(missing) > 0 {
		hint := strings.Join(append(says[:min(len(says), 3)], advice), "; ")
		r.errorf("/noProxy", "%s", describeMissing(missing, len(nodeAddresses(f.Nodes)))).hintf("%s", hint)
	}
	if len(through) > 0 {
		w := r.warnf("/noProxy", "these go through the proxy: %s", through)
		if len(missing) == 0 && (len(through.prefixes()) > 0 || len(through.names()) > 0) {
			w.hintf("%s", advice)
		} else {
			w.hintf("add those that the proxy cannot reach")
		}
	}
	reportUnknownTargets(r, f)
}

func reportUnknownTargets(r *Result, f Facts) {
	if !f.NodesKnown && len(f.Nodes) == 0 {
		r.unknownf("/noProxy", "whether noProxy covers every node, because the nodes are not known here")
	}
	var missing []string
	for _, fact := range []struct {
		name    string
		unknown bool
	}{
		{"the VIP", f.VIPs == nil},
		{"all of the pod network", f.PodCIDRs == nil || f.PodCIDRsPartial},
		{"all of the service network", f.ServiceCIDRs == nil || f.ServiceCIDRsPartial},
		{"the other settings", f.Settings == nil},
	} {
		if fact.unknown {
			missing = append(missing, fact.name)
		}
	}
	if len(missing) > 0 {
		r.unknownf("/noProxy", "whether noProxy covers %s, not known here", strings.Join(missing, ", "))
	}
}
