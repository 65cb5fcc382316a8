package settings

import (
	"crypto/x509"
	"slices"
)

// sslCertificates follows validateSSLCertificates: all three fields empty is a
// reset, otherwise certificate and key are needed and ca is optional.
//
// Beyond Harvester, which accepts each of these (issue 4531): ca and key must
// really parse, the key must be that of the first certificate, every further
// certificate should have issued the one before it, nothing may be expired,
// the certificate must be for servers and have a SAN, and ca must have issued
// it. The names are compared with VIP and host names where these are known.
var sslCertificates = setting{
	Info: Info{
		Name:    "ssl-certificates",
		Since:   "1.0",
		Form:    "JSON {ca, publicCertificate, privateKey}, each PEM",
		Default: `{}`,
		Example: `{}`,
		Doc: "Refused: PEM that does not parse, a key that is not the certificate's, a chain that starts with another certificate, " +
			"expired or CA-less certificates. Warned: an end within 30 days, names that leave out VIP or host, weak keys and signatures.",
	},
	check: checkSSLCertificates,
}

func checkSSLCertificates(value string, f Facts) (r Result) {
	o := decode(value, &r)
	if o == nil {
		return r
	}
	ca, public, private := o.text("ca"), o.text("publicCertificate"), o.text("privateKey")
	o.rest()
	if r.failed() || ca == "" && public == "" && private == "" {
		return r
	}
	if public == "" {
		r.errorf("/publicCertificate", "is empty although another field is set").hintf("set certificate and key, or leave all three empty to reset")
	}
	if private == "" {
		r.errorf("/privateKey", "is empty although another field is set").hintf("set certificate and key, or leave all three empty to reset")
	}
	if r.failed() {
		return r
	}
	chain := pemCertificates(&r, "/publicCertificate", public)
	key := pemKey(&r, "/privateKey", private)
	var roots []*x509.Certificate
	if ca != "" {
		roots = pemCertificates(&r, "/ca", ca)
	}
	if r.failed() || len(chain) == 0 || key == nil {
		return r
	}
	checkOrder(&r, chain, slices.IndexFunc(chain, func(c *x509.Certificate) bool { return belongs(key, c) }))
	checkLeaf(&r, chain[0], f)
	for _, c := range chain {
		checkPeriod(&r, "/publicCertificate", c, f.Now, r.errorf)
		checkStrength(&r, "/publicCertificate", c)
	}
	reportNoTime(&r, "/publicCertificate", f.Now)
	if len(roots) > 0 {
		checkServingCA(&r, roots, chain, f)
	}
	return r
}

// checkOrder judges the chain; holder is the index of the certificate that the
// private key belongs to, -1 if there is none.
func checkOrder(r *Result, chain []*x509.Certificate, holder int) {
	switch {
	case holder < 0:
		r.errorf("/privateKey", "does not belong to certificate %s", describe(chain[0])).hintf("use the key that the certificate was requested with")
	case holder > 0:
		r.errorf("/publicCertificate", "starts with certificate %s, while the private key belongs to number %d", describe(chain[0]), holder+1).
			hintf("put the server's certificate first, then the one that issued it, and so on")
	}
	for i := 1; i < len(chain); i++ {
		child, parent := chain[i-1], chain[i]
		if string(child.RawIssuer) != string(parent.RawSubject) {
			r.warnf("/publicCertificate", "certificate %d, %s, did not issue the one before it", i+1, describe(parent)).
				hintf("put the server's certificate first, then the one that issued it, and so on")
		} else if child.CheckSignatureFrom(parent) != nil {
			r.errorf("/publicCertificate", "certificate %d, %s, has the name of the issuer of the one before it, but its signature does not fit", i+1, describe(parent)).
				hintf("use the issuer's current certificate")
		}
	}
}

// checkServingCA judges the certificates that clients are told to trust.
func checkServingCA(r *Result, roots, chain []*x509.Certificate, f Facts) {
	pool, between := x509.NewCertPool(), x509.NewCertPool()
	for _, c := range roots {
		pool.AddCert(c)
		if !c.IsCA && !c.Equal(chain[0]) {
			r.errorf("/ca", "certificate %s is not a CA", describe(c)).hintf("put the certificate of the issuer here")
		}
		checkPeriod(r, "/ca", c, f.Now, r.errorf)
		checkStrength(r, "/ca", c)
	}
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	at := f.Now
	if at.IsZero() || at.After(chain[0].NotAfter) || at.Before(chain[0].NotBefore) {
		at = chain[0].NotAfter // times are judged above, this is about issuers
	}
	if r.failed() {
		return
	}
	_, err := chain[0].Verify(x509.VerifyOptions{
		Roots: pool, Intermediates: between, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err != nil {
		r.errorf("/ca", "nothing in ca issued certificate %s", describe(chain[0])).
			hintf("put the root into ca, and the certificates between it and the server into publicCertificate")
	}
}
