package settings

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// issued is a certificate with its key.
type issued struct {
	cert *x509.Certificate
	key  crypto.Signer
}

func (i issued) pem() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: i.cert.Raw}))
}

// option changes what a certificate says before it is signed.
type option func(*x509.Certificate)

func isCA(c *x509.Certificate) {
	c.IsCA, c.BasicConstraintsValid = true, true
	c.KeyUsage = x509.KeyUsageCertSign
}

func named(dns ...string) option {
	return func(c *x509.Certificate) {
		for _, name := range dns {
			if ip := net.ParseIP(name); ip != nil {
				c.IPAddresses = append(c.IPAddresses, ip)
			} else {
				c.DNSNames = append(c.DNSNames, name)
			}
		}
	}
}

func until(from, to time.Duration) option {
	return func(c *x509.Certificate) { c.NotBefore, c.NotAfter = testNow.Add(from), testNow.Add(to) }
}

const day = 24 * time.Hour

// issue makes a certificate for a key, signed by the parent or else by itself.
func issue(t testing.TB, name string, parent *issued, key crypto.Signer, options ...option) issued {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(int64(len(name)) + 1), Subject: pkix.Name{CommonName: name},
		NotBefore: testNow.Add(-day), NotAfter: testNow.Add(365 * day),
	}
	for _, o := range options {
		o(template)
	}
	signer, signerCert := key, template
	if parent != nil {
		signer, signerCert = parent.key, parent.cert
	}
	der, err := x509.CreateCertificate(rand.Reader, template, signerCert, key.Public(), signer)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return issued{cert, key}
}

func ecKey(t testing.TB) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}

func edKey(t testing.TB) crypto.Signer {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	return key
}

// rsaKey is slow to make, so all tests share one.
var rsaKey = sync.OnceValue(func() crypto.Signer {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func pkcs8(t testing.TB, key crypto.Signer) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return block("PRIVATE KEY", der)
}

func pkcs1(t testing.TB, key crypto.Signer) string {
	t.Helper()
	return block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key.(*rsa.PrivateKey)))
}

func sec1(t testing.TB, key crypto.Signer) string {
	t.Helper()
	der, err := x509.MarshalECPrivateKey(key.(*ecdsa.PrivateKey))
	require.NoError(t, err)
	return block("EC PRIVATE KEY", der)
}

func block(kind string, bytes []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}))
}

// pki is a root, an intermediate and a server certificate that passes.
type pki struct{ root, middle, leaf issued }

func newPKI(t testing.TB) pki {
	t.Helper()
	root := issue(t, "root", nil, ecKey(t), isCA)
	middle := issue(t, "middle", &root, ecKey(t), isCA)
	leaf := issue(t, "leaf", &middle, ecKey(t), named("harvester.lab.example", "10.20.0.10"))
	return pki{root, middle, leaf}
}

func sslValue(t testing.TB, ca, public, private string) string {
	t.Helper()
	value, err := json.Marshal(map[string]string{"ca": ca, "publicCertificate": public, "privateKey": private})
	require.NoError(t, err)
	return string(value)
}

// junk is a PEM block that decodes to nothing.
func junk(kind string) string { return block(kind, []byte(strings.Repeat("junk", 20))) }
