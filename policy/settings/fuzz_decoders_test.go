package settings

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/http/httpproxy"
)

// FuzzPEM: what is refused yields nothing to go on with, and what is accepted
// is a certificate or a key.
func FuzzPEM(f *testing.F) {
	p := newPKI(f)
	for _, text := range append(hostile, p.root.pem(), p.leaf.pem()+p.middle.pem(), sec1(f, p.leaf.key), pkcs8(f, p.leaf.key),
		pkcs1(f, rsaKey()), junk("CERTIFICATE"), junk("RSA PRIVATE KEY"), "x\n"+p.root.pem()+"y") {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var certs, keys Result
		list := pemCertificates(&certs, "/ca", text)
		require.True(t, !certs.OK() || len(list) > 0)
		key := pemKey(&keys, "/privateKey", text)
		require.True(t, !keys.OK() || key != nil)
	})
}

// FuzzProxyURL: what is accepted for a proxy is one that Go's proxy logic
// uses, at the same host.
func FuzzProxyURL(f *testing.F) {
	for _, text := range append(hostile, "http://p:3128", "p:3128", "p", "https://u:p@p", "socks5h://[::1]:1080/", "HTTP://p", "//p") {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var r Result
		checkWebURL(&r, "", "the URL", text, plainWarned)
		r = Result{}
		checkProxyURL(&r, "", "httpProxy", text)
		if !r.OK() {
			return
		}
		u, _ := parseProxyURL(text)
		config := httpproxy.Config{HTTPProxy: text}
		proxy, err := config.ProxyFunc()(&url.URL{Scheme: "http", Host: "server.example"})
		require.NoError(t, err)
		require.NotNil(t, proxy)
		require.Equal(t, u.Host, proxy.Host)
	})
}

// FuzzSuggestion: whatever noProxy says, what is suggested instead is accepted.
func FuzzSuggestion(f *testing.F) {
	for _, text := range append(hostile, entryWords...) {
		f.Add(text + "," + text)
	}
	clusters := []Facts{lab(), factSheets["dual"](), factSheets["outside"](), factSheets["partial"]()}
	f.Fuzz(func(t *testing.T, noProxy string) {
		if len(noProxy) > 4096 {
			t.Skip("longer ones only take longer")
		}
		for _, facts := range clusters {
			suggestion := suggest(parseNoProxy(noProxy), addresses(facts.Nodes), facts.VIPs, proxyTargets(facts))
			require.Empty(t, Check("http-proxy", proxyValue(t, suggestion), facts).Errors, suggestion)
		}
	})
}

// FuzzAddresses: a prefix has no host bits and holds its address, a range
// begins and ends where it says.
func FuzzAddresses(f *testing.F) {
	for _, text := range append(hostile, "10.0.0.1/8", "::ffff:10.0.0.0/120", "fd00::/7", "10.0.0.1-10.0.0.9", "::-ffff::", "0.0.0.0/0") {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if p, _, ok := parsePrefix(text); ok {
			require.Equal(t, p.Masked(), p)
			require.True(t, p.Contains(p.Addr()) && p.Contains(lastOf(p)))
			again, _, ok := parsePrefix(p.String())
			require.True(t, ok && again == p, text)
		}
		from, to, _ := strings.Cut(text, "-")
		first, ok1 := parseAddr(from)
		last, ok2 := parseAddr(to)
		if ok1 && ok2 && first.BitLen() == last.BitLen() && !last.Less(first) {
			prefixes := between(first, last)
			require.Equal(t, first, prefixes[0].Addr())
			require.Equal(t, last, lastOf(prefixes[len(prefixes)-1]))
		}
	})
}

// FuzzNumber: a strict integer has one spelling.
func FuzzNumber(f *testing.F) {
	for _, text := range append(hostile, "0", "-0", "+1", "007", "9223372036854775807", "9223372036854775808", "1e3", "0x1", "1_0", "١") {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := strictInt(text)
		plain, parseErr := strconv.ParseInt(text, 10, 64)
		same := parseErr == nil && strconv.FormatInt(plain, 10) == text
		require.Equal(t, same, err == nil, text)
		if same {
			require.Equal(t, plain, n)
		}
	})
}
