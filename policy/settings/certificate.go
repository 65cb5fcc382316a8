package settings

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"slices"
	"time"
)

// soon is how long before its end a certificate is warned of.
const soon = 30 * 24 * time.Hour

// minRSA is the key size below which current clients refuse a certificate;
// below leastRSA Go programs cannot even load the key.
const (
	minRSA   = 2048
	leastRSA = 1024
)

// describe names a certificate in a message.
func describe(c *x509.Certificate) string {
	switch {
	case c.Subject.CommonName != "":
		return show(c.Subject.CommonName)
	case len(c.DNSNames) > 0:
		return show(c.DNSNames[0])
	}
	return "without a name"
}

// checkPeriod finds certificates out of their time. The severity of an end in
// the past differs: a serving certificate breaks at once, while one of several
// CAs in a bundle is merely useless.
func checkPeriod(r *Result, path string, c *x509.Certificate, now time.Time, past func(string, string, ...any) *Finding) {
	if now.IsZero() {
		return
	}
	day := func(t time.Time) string { return t.UTC().Format(time.DateOnly) }
	switch left := c.NotAfter.Sub(now); {
	case left <= 0:
		past(path, "certificate %s expired on %s", describe(c), day(c.NotAfter)).hintf("renew it")
	case now.Before(c.NotBefore):
		past(path, "certificate %s is not valid before %s", describe(c), day(c.NotBefore))
	case left < soon:
		r.warnf(path, "certificate %s expires on %s, in %d days", describe(c), day(c.NotAfter), int(left.Hours()/24)).hintf("renew it")
	}
}

func reportNoTime(r *Result, path string, now time.Time) {
	if now.IsZero() {
		r.unknownf(path, "whether the certificates are in their time, because the time is not known here")
	}
}

// checkStrength warns of keys and signatures that clients have stopped to trust.
func checkStrength(r *Result, path string, c *x509.Certificate) {
	if k, ok := c.PublicKey.(*rsa.PublicKey); ok {
		switch bits := k.N.BitLen(); {
		case bits < leastRSA:
			r.errorf(path, "certificate %s has an RSA key of %d bits, too short to be used", describe(c), bits).hintf("use %d bits", minRSA)
		case bits < minRSA:
			r.warnf(path, "certificate %s has an RSA key of %d bits, which many clients refuse", describe(c), bits).hintf("use %d bits", minRSA)
		}
	}
	if _, ok := c.PublicKey.(ed25519.PublicKey); ok && !c.IsCA {
		r.warnf(path, "certificate %s has an Ed25519 key, which browsers do not accept", describe(c)).hintf("use ECDSA P-256")
	}
	weak := []x509.SignatureAlgorithm{
		x509.MD5WithRSA, x509.SHA1WithRSA, x509.ECDSAWithSHA1, x509.DSAWithSHA1,
	}
	if slices.Contains(weak, c.SignatureAlgorithm) && !selfSigned(c) {
		r.warnf(path, "certificate %s is signed with %s, which clients refuse", describe(c), c.SignatureAlgorithm).hintf("have it signed with SHA-256")
	}
}

func selfSigned(c *x509.Certificate) bool { return string(c.RawSubject) == string(c.RawIssuer) }

// belongs says whether a key is the one that a certificate certifies.
func belongs(key crypto.Signer, c *x509.Certificate) bool {
	switch public := key.Public().(type) {
	case *rsa.PublicKey:
		return public.Equal(c.PublicKey)
	case *ecdsa.PublicKey:
		return public.Equal(c.PublicKey)
	case ed25519.PublicKey:
		return public.Equal(c.PublicKey)
	}
	return false
}
