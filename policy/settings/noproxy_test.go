package settings

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/http/httpproxy"
)

// oracle says whether Go's own proxy logic takes host and port past a proxy.
func oracle(t testing.TB, noProxy, host, port string) bool {
	t.Helper()
	config := httpproxy.Config{HTTPProxy: "http://p:1", HTTPSProxy: "http://p:1", NoProxy: noProxy}
	proxy, err := config.ProxyFunc()(&url.URL{Scheme: "http", Host: net.JoinHostPort(host, port)})
	require.NoError(t, err)
	return proxy == nil
}

// entryWords are the pieces that random noProxy values are made of.
var entryWords = []string{
	"", " ", "*", "10.20.0.11", "10.20.0.0/24", "10.20.0.11/28", "10.20.0.11:80", "10.20.0.12:443", "fd00::1", "[fd00::1]:80",
	"[fd00::1]", "fd00::/64", "FD00::1", "::ffff:10.20.0.0/120", "::/0", "0.0.0.0/0", ".lab.example", "*.lab.example",
	"lab.example", "LAB.example", "lab.example:80", "*.lab.example:443", ".svc", "localhost", "10.20.0.011", "10.20.0.*",
	"a b", "example", ".", "*lab", ":80", "10.20.0.0/255.255.255.0", "10.20.0.1-10.20.0.9", "x:y:z", "[", "10.20.0.0/24:80",
}

var hostWords = []string{
	"10.20.0.11", "10.20.0.12", "10.20.1.1", "fd00::1", "fd01::1", "lab.example", "www.lab.example", "xlab.example",
	"LAB.EXAMPLE", "a.svc", "svc", "localhost", "127.0.0.1", "example", "x.example",
}

func TestNoProxyIsReadAsGoReadsIt(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		var words []string
		for range random.IntN(5) {
			words = append(words, entryWords[random.IntN(len(entryWords))])
		}
		noProxy := strings.Join(words, ",")
		host := hostWords[random.IntN(len(hostWords))]
		port := []string{"80", "443"}[random.IntN(2)]
		require.Equal(t, oracle(t, noProxy, host, port), passes(parseNoProxy(noProxy), host, port),
			"noProxy %q, %s port %s", noProxy, host, port)
	}
}

func FuzzNoProxyIsReadAsGoReadsIt(f *testing.F) {
	for i, word := range entryWords {
		f.Add(word+","+entryWords[(i*7)%len(entryWords)], hostWords[i%len(hostWords)])
	}
	f.Fuzz(func(t *testing.T, noProxy, host string) {
		if !isHost(host) || !ascii(noProxy) {
			t.Skip("names beyond ASCII go through IDNA first")
		}
		require.Equal(t, oracle(t, noProxy, host, "80"), passes(parseNoProxy(noProxy), host, "80"))
	})
}

func ascii(s string) bool { return !strings.ContainsFunc(s, func(c rune) bool { return c > 0x7e }) }

// randomCluster puts nodes, VIP and networks of both families anywhere.
func randomCluster(random *rand.Rand) Facts {
	address := func() netip.Addr {
		if random.IntN(3) == 0 {
			return netip.MustParseAddr(fmt.Sprintf("fd00:%x::%x", random.IntN(3), random.IntN(1<<16)))
		}
		return netip.AddrFrom4([4]byte{[]byte{10, 172, 192}[random.IntN(3)], byte(random.IntN(3)), 0, byte(random.IntN(256))})
	}
	f := Facts{NodesKnown: true, VIPs: []netip.Addr{address()}, Settings: map[string]string{}}
	for i := range 1 + random.IntN(6) {
		n := Node{Name: fmt.Sprint("n", i), Addresses: []netip.Addr{address()}}
		if random.IntN(2) == 0 {
			n.Addresses = append(n.Addresses, address())
		}
		f.Nodes = append(f.Nodes, n)
	}
	pods, _ := address().Prefix(16)
	f.PodCIDRs, f.ServiceCIDRs = []netip.Prefix{pods}, []netip.Prefix{}
	f.Settings["cluster-registration-url"] = `{"url":"https://rancher.lab.example/v3/import/x.yaml"}`
	return f
}

func proxyValue(t testing.TB, noProxy string) string {
	t.Helper()
	value, err := json.Marshal(map[string]string{"httpProxy": "http://p:3128", "httpsProxy": "http://p:3128", "noProxy": noProxy})
	require.NoError(t, err)
	return string(value)
}

// What a message suggests must be accepted as printed, and nothing in it may
// be superfluous.
func TestSuggestedNoProxyIsAccepted(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 3000 {
		f := randomCluster(random)
		var words []string
		for range random.IntN(4) {
			words = append(words, entryWords[random.IntN(len(entryWords))])
		}
		before := strings.Join(words, ",")
		suggestion := suggest(parseNoProxy(before), addresses(f.Nodes), f.VIPs, proxyTargets(f))

		r := Check("http-proxy", proxyValue(t, suggestion), f)
		require.Empty(t, r.Errors, "before %q", before)
		for _, w := range r.Warnings {
			require.Contains(t, w.Message, "curl does not know ports", "before %q, suggested %q", before, suggestion)
		}
		again := suggest(parseNoProxy(suggestion), addresses(f.Nodes), f.VIPs, proxyTargets(f))
		require.Equal(t, suggestion, again, "a suggestion is its own suggestion; before %q", before)
		entries := parseNoProxy(suggestion)
		for i, b := range entries {
			for j, other := range entries {
				require.False(t, i != j && b.counts() && other.counts() && b.prefix.Overlaps(other.prefix), suggestion)
			}
		}
	}
}

// Whatever is accepted takes every node past the proxy once Harvester has
// added its own entries, says Go's proxy logic itself.
func TestAcceptedNoProxyBypassesForEveryNode(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	accepted := 0
	for range 6000 {
		f := randomCluster(random)
		var words []string
		for range 1 + random.IntN(5) {
			all := nodeAddresses(f.Nodes)
			a := all[random.IntN(len(all))].addr
			words = append(words, []string{
				a.String(), subnet(a).String(), netip.PrefixFrom(a, 8).Masked().String(), netip.PrefixFrom(a, 8).String(),
				entryWords[random.IntN(len(entryWords))],
			}[random.IntN(5)])
		}
		noProxy := strings.Join(words, ",")
		if !Check("http-proxy", proxyValue(t, noProxy), f).OK() {
			continue
		}
		accepted++
		effective := strings.Join(append(words, builtInNoProxy...), ",")
		for _, a := range nodeAddresses(f.Nodes) {
			require.True(t, oracle(t, effective, a.addr.String(), "6443"), "noProxy %q, node %s", noProxy, a.addr)
		}
	}
	require.Greater(t, accepted, 500)
}

func TestCovers(t *testing.T) {
	parse := func(list string) (prefixes []netip.Prefix) {
		for p := range strings.SplitSeq(list, ",") {
			if p != "" {
				prefixes = append(prefixes, netip.MustParsePrefix(p))
			}
		}
		return prefixes
	}
	for _, c := range []struct {
		by, what string
		want     bool
	}{
		{"10.0.0.0/8", "10.52.0.0/16", true},
		{"10.52.0.0/17,10.52.128.0/17", "10.52.0.0/16", true},
		{"10.52.0.0/17,10.52.128.0/18", "10.52.0.0/16", false},
		{"10.52.0.0/17,10.52.128.0/18,10.52.192.0/18", "10.52.0.0/16", true},
		{"10.52.0.0/16", "10.0.0.0/8", false},
		{"", "10.0.0.0/8", false},
		{"0.0.0.0/0", "fd00::/8", false},
		{"fd00::/9,fd80::/9", "fd00::/8", true},
		{"fd00::1/128,fd00::/128", "fd00::/127", true},
	} {
		require.Equal(t, c.want, covers(parse(c.by), netip.MustParsePrefix(c.what)), "%s in %s", c.what, c.by)
	}
}

func TestBetween(t *testing.T) {
	for _, c := range []struct{ first, last, want string }{
		{"10.20.0.11", "10.20.0.13", "10.20.0.11,10.20.0.12/31"},
		{"10.20.0.0", "10.20.0.255", "10.20.0.0/24"},
		{"0.0.0.0", "255.255.255.255", "0.0.0.0/0"},
		{"255.255.255.255", "255.255.255.255", "255.255.255.255"},
		{"10.20.0.13", "10.20.0.11", ""},
		{"10.20.0.13", "fd00::1", ""},
		{"fd00::1", "fd00::2", "fd00::1,fd00::2"},
	} {
		require.Equal(t, c.want, spellAll(between(netip.MustParseAddr(c.first), netip.MustParseAddr(c.last))))
	}
}

// Values far beyond what people write must be answered in reasonable time.
func BenchmarkLongNoProxy(b *testing.B) {
	f := Facts{NodesKnown: true}
	for i := range 500 {
		f.Nodes = append(f.Nodes, Node{Name: fmt.Sprint(i), Addresses: []netip.Addr{netip.AddrFrom4([4]byte{192, 168, byte(i / 200), byte(i % 200)})}})
	}
	value := proxyValue(b, strings.Repeat("1.2.3.4,", 15000))
	for b.Loop() {
		Check("http-proxy", value, f)
	}
}
