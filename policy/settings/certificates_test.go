package settings

import (
	"crypto"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// certCase is a value of ssl-certificates or additional-ca; verdict, path and
// words are as in the files of testdata/cases. Where Harvester decides
// otherwise, harvester says so.
type certCase struct{ name, verdict, path, words, value, harvester string }

func runCertCases(t *testing.T, setting string, facts Facts, cases []certCase) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			testCase{file: c.name, verdict: c.verdict, path: c.path, words: c.words}.judge(t, Check(setting, c.value, facts))
		})
	}
}

func TestSSLCertificates(t *testing.T) {
	p := newPKI(t)
	chain, key := p.leaf.pem()+p.middle.pem(), sec1(t, p.leaf.key)
	all := named("harvester.lab.example", "10.20.0.10")
	self := issue(t, "self", nil, rsaKey(), all)
	ed := issue(t, "ed", &p.root, edKey(t), all)
	unnamed := issue(t, "", &p.root, ecKey(t))
	nameOnly := issue(t, "cn", &p.root, ecKey(t))
	past := issue(t, "past", &p.root, ecKey(t), all, until(-400*day, -day))
	near := issue(t, "near", &p.root, ecKey(t), all, until(-day, 9*day))
	future := issue(t, "future", &p.root, ecKey(t), all, until(day, 90*day))
	client := issue(t, "client", &p.root, ecKey(t), all, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} })
	short := issue(t, "short", &p.root, smallRSA(t, 1024), all)
	elsewhere := issue(t, "elsewhere", &p.root, ecKey(t), named("other.example"))
	twin := issue(t, "middle", &p.root, ecKey(t), isCA)
	stranger := issue(t, "stranger", nil, ecKey(t), isCA)
	pastRoot := issue(t, "past root", nil, ecKey(t), isCA, until(-400*day, -day))

	runCertCases(t, "ssl-certificates", lab(), []certCase{
		{"reset", "accept", "", "", `{"ca":"","publicCertificate":"","privateKey":""}`, ""},
		{"EC, SEC1", "accept", "", "", sslValue(t, p.root.pem(), chain, key), ""},
		{"EC, PKCS8", "accept", "", "", sslValue(t, p.root.pem(), chain, pkcs8(t, p.leaf.key)), ""},
		{"RSA, PKCS1", "accept", "", "", sslValue(t, "", self.pem(), pkcs1(t, rsaKey())), ""},
		{"RSA, PKCS8", "accept", "", "", sslValue(t, self.pem(), self.pem(), pkcs8(t, rsaKey())), ""},
		{"EC with parameters in front", "accept", "", "", sslValue(t, p.root.pem(), chain, block("EC PARAMETERS", []byte{6, 8})+key), ""},
		{"root in the chain too", "accept", "", "", sslValue(t, p.root.pem(), chain+p.root.pem(), key), ""},
		{"no ca", "accept", "", "", sslValue(t, "", chain, key), ""},

		{"certificate missing", "reject", "/publicCertificate", "is empty", sslValue(t, "", "", key), ""},
		{"key missing", "reject", "/privateKey", "is empty", sslValue(t, "", chain, ""), ""},
		{"ca only", "reject", "/privateKey", "is empty", sslValue(t, p.root.pem(), "", ""), ""},
		{"certificate as key", "reject", "/privateKey", `has a block of type "CERTIFICATE"`, sslValue(t, "", chain, chain), ""},
		{"key as certificate", "reject", "/publicCertificate", "block 1 is a private key", sslValue(t, "", key, key), ""},
		{"key in the chain", "reject", "/publicCertificate", "block 2 is a private key", sslValue(t, "", p.leaf.pem()+key, key), ""},
		{"no PEM", "reject", "/publicCertificate", "no -----BEGIN line", sslValue(t, "", "certificate", key), ""},
		{"escaped line breaks", "reject", "/publicCertificate", `line breaks are written as \n`, sslValue(t, "", strings.ReplaceAll(chain, "\n", `\n`), key), ""},
		{"cut off", "reject", "/publicCertificate", "2 PEM blocks, of which 1 do not decode", sslValue(t, "", chain[:len(chain)-40], key), ""},
		{"junk certificate", "reject", "/publicCertificate", "block 1 is not a valid certificate", sslValue(t, "", junk("CERTIFICATE"), key), ""},
		{"no name", "reject", "/publicCertificate", "neither a common name nor", sslValue(t, "", unnamed.pem(), sec1(t, unnamed.key)), ""},
		{"two keys", "reject", "/privateKey", "has 2 private keys", sslValue(t, "", chain, key+key), ""},
		{"two PKCS8 keys", "reject", "/privateKey", "has 2 private keys", sslValue(t, "", chain, pkcs8(t, p.leaf.key)+pkcs8(t, p.root.key)), "accepts"},
		{"junk RSA key", "reject", "/privateKey", `does not parse as "RSA PRIVATE KEY"`, sslValue(t, "", chain, junk("RSA PRIVATE KEY")), "accepts"},
		{"junk PKCS8 key", "reject", "/privateKey", "does not parse", sslValue(t, "", chain, junk("PRIVATE KEY")), "accepts"},
		{"junk EC key", "reject", "/privateKey", "does not parse", sslValue(t, "", chain, junk("EC PRIVATE KEY")), ""},
		{"encrypted key", "reject", "/privateKey", "is encrypted", sslValue(t, "", chain, junk("ENCRYPTED PRIVATE KEY")), ""},
		{"key that cannot sign", "reject", "/privateKey", "does not parse", sslValue(t, "", chain, x25519(t)), "accepts"},
		{"another key", "reject", "/privateKey", `does not belong to certificate "leaf"`, sslValue(t, "", chain, sec1(t, ecKey(t))), "accepts"},
		{"another kind of key", "reject", "/privateKey", "does not belong", sslValue(t, "", chain, pkcs8(t, edKey(t))), "accepts"},
		{"chain the wrong way round", "reject", "/publicCertificate", "the private key belongs to number 2", sslValue(t, "", p.middle.pem()+p.leaf.pem(), key), "accepts"},
		{"issuer with another key", "reject", "/publicCertificate", "its signature does not fit", sslValue(t, "", p.leaf.pem()+twin.pem(), key), "accepts"},
		{"expired", "reject", "/publicCertificate", `certificate "past" expired on 2026-08-19`, sslValue(t, "", past.pem(), sec1(t, past.key)), "accepts"},
		{"not yet valid", "reject", "/publicCertificate", "is not valid before 2026-08-21", sslValue(t, "", future.pem(), sec1(t, future.key)), "accepts"},
		{"not for servers", "reject", "/publicCertificate", "is not for servers", sslValue(t, "", client.pem(), sec1(t, client.key)), "accepts"},
		{"ca is another", "reject", "/ca", `nothing in ca issued certificate "leaf"`, sslValue(t, stranger.pem(), chain, key), "accepts"},
		{"intermediate missing", "reject", "/ca", "nothing in ca issued", sslValue(t, p.root.pem(), p.leaf.pem(), key), "accepts"},
		{"ca is no CA", "reject", "/ca", `certificate "elsewhere" is not a CA`, sslValue(t, elsewhere.pem(), chain, key), "accepts"},
		{"ca expired", "reject", "/ca", `certificate "past root" expired`, sslValue(t, pastRoot.pem()+p.root.pem(), chain, key), "accepts"},
		{"junk ca", "reject", "/ca", "block 1 is not a valid certificate", sslValue(t, junk("CERTIFICATE"), chain, key), "accepts"},
		{"wrong type", "reject", "/ca", "must be a string", `{"ca":1}`, ""},

		{"expires soon", "warn", "/publicCertificate", `certificate "near" expires on 2026-08-29, in 9 days`, sslValue(t, "", near.pem(), sec1(t, near.key)), "accepts"},
		{"common name only", "warn", "/publicCertificate", "has a common name only", sslValue(t, "", nameOnly.pem(), sec1(t, nameOnly.key)), "accepts"},
		{"other names", "warn", "/publicCertificate", `is not valid for 10.20.0.10`, sslValue(t, "", elsewhere.pem(), sec1(t, elsewhere.key)), "accepts"},
		{"other names", "warn", "/publicCertificate", `is not valid for harvester.lab.example`, sslValue(t, "", elsewhere.pem(), sec1(t, elsewhere.key)), "accepts"},
		{"Ed25519", "warn", "/publicCertificate", "browsers do not accept", sslValue(t, "", ed.pem(), pkcs8(t, ed.key)), "accepts"},
		{"short RSA key", "warn", "/publicCertificate", "RSA key of 1024 bits", sslValue(t, "", short.pem(), pkcs1(t, short.key)), "accepts"},
		{"stranger in the chain", "warn", "/publicCertificate", `certificate 2, "stranger", did not issue`, sslValue(t, "", p.leaf.pem()+stranger.pem(), key), "accepts"},
		{"text behind", "warn", "/publicCertificate", "text outside its PEM blocks", sslValue(t, "", chain+"\nissued by mail", key), "accepts"},
		{"misspelt key", "warn", "/cert", "unknown key", `{"cert":"x"}`, "accepts"},
	})
	runCertCases(t, "ssl-certificates", Facts{}, []certCase{
		{"no time", "warn", "/publicCertificate", "not checked: whether the certificates are in their time", sslValue(t, pastRoot.pem()+p.root.pem(), chain, key), ""},
		{"no names", "warn", "/publicCertificate", "not checked: whether the certificate names the cluster", sslValue(t, "", chain, key), ""},
	})
}

func TestAdditionalCA(t *testing.T) {
	p := newPKI(t)
	past := issue(t, "past", nil, ecKey(t), isCA, until(-400*day, -day))
	near := issue(t, "near", nil, ecKey(t), isCA, until(-day, 9*day))
	runCertCases(t, "additional-ca", lab(), []certCase{ // Harvester accepts all of these
		{"one", "accept", "", "", p.root.pem(), ""},
		{"two", "accept", "", "", p.root.pem() + "\n" + p.middle.pem(), ""},
		{"Windows line ends", "accept", "", "", strings.ReplaceAll(p.root.pem(), "\n", "\r\n"), ""},
		{"free text", "reject", "", "is not PEM", "my company's CA", ""},
		{"empty lines", "reject", "", "is not PEM", "\n\n", ""},
		{"private key", "reject", "", "block 2 is a private key", p.root.pem() + sec1(t, p.root.key), ""},
		{"cut off", "reject", "", "1 PEM blocks, of which 1 do not decode", p.root.pem()[:200], ""},
		{"escaped line breaks", "reject", "", `line breaks are written as \n`, strings.ReplaceAll(p.root.pem(), "\n", `\n`), ""},
		{"junk", "reject", "", "block 1 is not a valid certificate", junk("CERTIFICATE"), ""},
		{"request", "reject", "", `block 1 is of type "CERTIFICATE REQUEST"`, junk("CERTIFICATE REQUEST"), ""},
		{"not a CA", "warn", "", `certificate "leaf" is not a CA`, p.leaf.pem(), ""},
		{"expired", "warn", "", `certificate "past" expired`, past.pem(), ""},
		{"expires soon", "warn", "", `certificate "near" expires`, near.pem(), ""},
		{"twice", "warn", "", `certificate "root" occurs twice`, p.root.pem() + p.root.pem(), ""},
		{"text around", "warn", "", "text outside its PEM blocks", "subject=root\n" + p.root.pem(), ""},
	})
	runCertCases(t, "additional-ca", Facts{}, []certCase{
		{"no time", "warn", "", "not checked: whether the certificates are in their time", past.pem(), ""},
	})
}

func smallRSA(t testing.TB, bits int) crypto.Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	require.NoError(t, err)
	return key
}

func x25519(t testing.TB) string {
	t.Helper()
	key, err := ecdh.X25519().GenerateKey(rand.Reader)
	require.NoError(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return block("PRIVATE KEY", der)
}
