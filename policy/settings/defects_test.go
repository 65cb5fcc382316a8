package settings

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDefects has one test for each known defect of Harvester's own webhook
// that concerns values; each value is one that it stores today.
func TestDefects(t *testing.T) {
	p := newPKI(t)
	chain := p.leaf.pem() + p.middle.pem()
	rejected := func(t *testing.T, setting, value, path string) {
		t.Helper()
		r := Check(setting, value, lab())
		require.NotEmpty(t, r.Errors)
		require.Equal(t, path, r.Errors[0].Path, r.Errors)
		require.NotEmpty(t, r.Errors[0].Message)
	}

	t.Run("ssl-certificates takes a junk private key", func(t *testing.T) {
		rejected(t, "ssl-certificates", sslValue(t, "", chain, junk("RSA PRIVATE KEY")), "/privateKey")
	})
	t.Run("cluster-registration-url is not looked at", func(t *testing.T) {
		rejected(t, "cluster-registration-url", `{"url":"http://rancher.example/v3/import/x.yaml"}`, "/url")
	})
	t.Run("a malformed cluster-pod-security-standard blocks namespaces", func(t *testing.T) {
		rejected(t, "cluster-pod-security-standard", `{"enabled":"yes"}`, "/enabled")
	})
	t.Run("auto-rotate-rke2-certs restarts rke2-server for ever", func(t *testing.T) {
		rejected(t, "auto-rotate-rke2-certs", `{"enable":true,"expiringInHours":8759}`, "/expiringInHours")
	})
	t.Run("additional-ca is not looked at", func(t *testing.T) {
		rejected(t, "additional-ca", "no certificate", "")
	})
	t.Run("http-proxy forgets VIP, pod and service networks, and Rancher", func(t *testing.T) {
		r := Check("http-proxy", `{"httpProxy":"http://p:3128","noProxy":"192.168.5.0/24"}`, factSheets["outside"]())
		require.True(t, says(r.Warnings, "/noProxy", "VIP 192.168.6.10"))
		require.True(t, says(r.Warnings, "/noProxy", "pod CIDR 172.16.0.0/16"))
		require.True(t, says(r.Warnings, "/noProxy", "service CIDR fd00:53::/108"))
		require.True(t, says(r.Warnings, "/noProxy", "host rancher.lab.example"))
	})
	t.Run("http-proxy has no built-in entry for IPv6", func(t *testing.T) {
		facts := factSheets["dual"]()
		facts.VIPs = []netip.Addr{netip.MustParseAddr("fd00:21::10")}
		r := Check("http-proxy", `{"httpProxy":"http://p:3128","noProxy":"10.20.0.0/24,fd00:20::/64"}`, facts)
		require.True(t, says(r.Warnings, "/noProxy", "VIP fd00:21::10"))
	})
	t.Run("http-proxy does not read the proxy URL", func(t *testing.T) {
		rejected(t, "http-proxy", `{"httpProxy":"::not a url::","noProxy":"10.20.0.0/24"}`, "/httpProxy")
	})
	t.Run("http-proxy is not judged again when a node joins", func(t *testing.T) {
		const value = `{"httpProxy":"http://p:3128","httpsProxy":"http://p:3128","noProxy":"10.20.0.0/24"}`
		facts := lab()
		require.True(t, Check("http-proxy", value, facts).OK())
		facts.Nodes = append(facts.Nodes, Node{Name: "d", Addresses: []netip.Addr{netip.MustParseAddr("10.21.0.14")}})
		require.False(t, Check("http-proxy", value, facts).OK())
	})
	t.Run("ssl-certificates takes the key of another certificate", func(t *testing.T) {
		rejected(t, "ssl-certificates", sslValue(t, "", chain, sec1(t, p.root.key)), "/privateKey")
	})
	t.Run("ssl-certificates takes an expired certificate", func(t *testing.T) {
		past := issue(t, "past", &p.root, ecKey(t), named("harvester.lab.example", "10.20.0.10"), until(-400*day, -day))
		rejected(t, "ssl-certificates", sslValue(t, "", past.pem(), sec1(t, past.key)), "/publicCertificate")
	})
	t.Run("containerd-registry loses keys silently", func(t *testing.T) {
		rejected(t, "containerd-registry", `{"mirrors":{"docker.io":{"endpoint":["https://r.lab:5000"]}}}`, "/mirrors/docker.io/endpoint")
	})
	t.Run("unknown keys are ignored everywhere", func(t *testing.T) {
		for _, info := range List() {
			if info.Form[:4] != "JSON" {
				continue
			}
			r := Check(info.Name, `{"zzzzzzzzzzzz":null}`, lab())
			require.NotEmpty(t, append(r.Errors, r.Warnings...), info.Name)
		}
	})
	t.Run("secrets are readable in values", func(t *testing.T) {
		r := Check("http-proxy", `{"httpProxy":"http://u:p@p:3128","noProxy":"10.20.0.0/24"}`, lab())
		require.True(t, says(r.Warnings, "/httpProxy", "contains credentials"))
	})
	t.Run("the memory ratio may be NaN", func(t *testing.T) {
		rejected(t, "additional-guest-memory-overhead-ratio", "NaN", "")
	})
	t.Run("support-bundle-image goes without tag", func(t *testing.T) {
		rejected(t, "support-bundle-image", `{"repository":"rancher/kit","imagePullPolicy":"Always"}`, "/tag")
	})
	t.Run("vip-pools takes ranges the wrong way round", func(t *testing.T) {
		rejected(t, "vip-pools", `{"default":"10.9.0.20-10.9.0.10"}`, "/default")
	})
	t.Run("nothing is ever warned of", func(t *testing.T) {
		require.NotEmpty(t, Check("ssl-parameters", `{"protocols":"SSLv2"}`, lab()).Warnings)
	})
}
