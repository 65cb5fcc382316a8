// Package certs gives the server its certificates and says who may call it. A serving certificate comes from one of
// three places: files that somebody else renews (FromDir), a Secret in which all replicas keep an authority of their own
// and renew it (Rotation), or an authority that is forgotten with the process, for a laptop (SelfSigned). The package
// knows nothing of policy.
package certs

import (
	"crypto"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"time"

	"github.com/cert-manager/cert-manager/pkg/util/pki"
)

// backdate lets a certificate be used at once by a machine whose clock is a little behind.
const backdate = 5 * time.Minute

// Authority issues certificates.
type Authority struct {
	cert *x509.Certificate
	key  crypto.Signer
	pair Pair
}

// Pair is a certificate and its private key, both PEM.
type Pair struct {
	Cert []byte
	Key  []byte
}

// NewAuthority makes a self-signed authority.
func NewAuthority(name string, lifetime time.Duration) (*Authority, error) {
	return newAuthority(name, time.Now(), lifetime)
}

func newAuthority(name string, now time.Time, lifetime time.Duration) (*Authority, error) {
	template := newTemplate(name, now, lifetime)
	template.IsCA = true
	template.BasicConstraintsValid = true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	pair, err := sign(template, nil)
	if err != nil {
		return nil, err
	}
	return parseAuthority(pair)
}

// parseAuthority reads an authority back.
func parseAuthority(pair Pair) (*Authority, error) {
	both, err := tls.X509KeyPair(pair.Cert, pair.Key)
	if err != nil {
		return nil, err
	}
	key, ok := both.PrivateKey.(crypto.Signer)
	if !ok || !both.Leaf.IsCA {
		return nil, fmt.Errorf("certificate %q is no authority's", both.Leaf.Subject.CommonName)
	}
	return &Authority{cert: both.Leaf, key: key, pair: pair}, nil
}

// PEM is the certificate that whoever trusts the authority needs.
func (a *Authority) PEM() []byte { return a.pair.Cert }

// Server issues a certificate for a server that is reached under the hosts, names or addresses.
func (a *Authority) Server(lifetime time.Duration, hosts ...string) (Pair, error) {
	return a.server(time.Now(), lifetime, hosts)
}

func (a *Authority) server(now time.Time, lifetime time.Duration, hosts []string) (Pair, error) {
	template := newTemplate(hosts[0], now, lifetime)
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	return sign(template, a)
}

// Client issues a certificate for a client called name.
func (a *Authority) Client(lifetime time.Duration, name string) (Pair, error) {
	template := newTemplate(name, time.Now(), lifetime)
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	return sign(template, a)
}

// sign makes the key of a certificate and signs it, without an issuer by itself.
func sign(template *x509.Certificate, issuer *Authority) (Pair, error) {
	name := template.Subject.CommonName
	key, err := pki.GenerateECPrivateKey(pki.ECCurve256)
	if err != nil {
		return Pair{}, fmt.Errorf("making the key of %q: %w", name, err)
	}
	parent, signer := template, crypto.Signer(key)
	if issuer != nil {
		parent, signer = issuer.cert, issuer.key
		if template.NotAfter.After(parent.NotAfter) {
			template.NotAfter = parent.NotAfter
		}
	}
	cert, _, err := pki.SignCertificate(template, parent, key.Public(), signer)
	if err != nil {
		return Pair{}, fmt.Errorf("signing the certificate of %q: %w", name, err)
	}
	keyPEM, err := pki.EncodePKCS8PrivateKey(key)
	if err != nil {
		return Pair{}, fmt.Errorf("encoding the key of %q: %w", name, err)
	}
	return Pair{Cert: cert, Key: keyPEM}, nil
}

func newTemplate(name string, now time.Time, lifetime time.Duration) *x509.Certificate {
	// RFC 5280 wants serial numbers to be unique and unguessable: 127 random bits.
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		panic(fmt.Sprintf("no random numbers: %v", err)) // crypto/rand never fails on a working system
	}
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    now.Add(-backdate),
		NotAfter:     now.Add(lifetime),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
}
