package settings

import (
	"crypto/x509"
	"slices"
	"strings"
)

// checkLeaf judges the certificate that is shown to clients.
func checkLeaf(r *Result, leaf *x509.Certificate, f Facts) {
	const path = "/publicCertificate"
	named := len(leaf.DNSNames)+len(leaf.IPAddresses) > 0
	switch {
	case !named && strings.TrimSpace(leaf.Subject.CommonName) == "":
		r.errorf(path, "the certificate has neither a common name nor a subject alternative name")
		return
	case !named:
		r.warnf(path, "certificate %s has a common name only, which browsers and Go programs ignore", describe(leaf)).hintf("have it issued with subject alternative names")
	}
	if leaf.IsCA && !selfSigned(leaf) {
		r.warnf(path, "certificate %s is a CA, but is first in the chain", describe(leaf))
	}
	usages := leaf.ExtKeyUsage
	if len(usages) > 0 && !slices.Contains(usages, x509.ExtKeyUsageServerAuth) && !slices.Contains(usages, x509.ExtKeyUsageAny) {
		r.errorf(path, "certificate %s is not for servers", describe(leaf)).hintf("have it issued with the extended key usage serverAuth")
	}
	checkNames(r, leaf, f)
}

// checkNames compares the names of the certificate with the addresses by which
// people and joining nodes reach the cluster.
func checkNames(r *Result, leaf *x509.Certificate, f Facts) {
	names := slices.Clone(f.Hosts)
	for _, a := range f.VIPs {
		names = append(names, a.Unmap().String())
	}
	if len(names) == 0 {
		r.unknownf("/publicCertificate", "whether the certificate names the cluster, because VIP and host names are not known here")
	}
	for _, name := range names {
		if leaf.VerifyHostname(name) != nil {
			r.warnf("/publicCertificate", "certificate %s is not valid for %s", describe(leaf), plain(name)).
				hintf("have %s added to its subject alternative names", plain(name))
		}
	}
}
