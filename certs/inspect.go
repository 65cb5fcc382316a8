package certs

import (
	"crypto/x509"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/cert-manager/cert-manager/pkg/util/pki"
)

// Stored is what the Secret of a Rotation holds, for who looks at it from outside.
type Stored struct {
	// Leaf, CA and NextCA are nil when they are missing or cannot be used.
	Leaf, CA, NextCA *x509.Certificate
	// Bundle is what clients have to trust, in PEM.
	Bundle []byte
	// Rotate is what was asked to be renewed and has not been yet.
	Rotate string
}

// Inspect reads the Secret of a Rotation. The second result is false when it is something else.
func Inspect(secret *corev1.Secret) (Stored, bool) {
	if len(secret.Data[currentCert]) == 0 && len(secret.Data[nextCert]) == 0 {
		return Stored{}, false
	}
	s := parseState(secret)
	stored := Stored{Bundle: s.bundle(), Rotate: s.rotate}
	if s.leaf != nil {
		stored.Leaf = s.leaf.tls.Leaf
	}
	if s.current != nil {
		stored.CA = s.current.cert
	}
	if s.next != nil {
		stored.NextCA = s.next.cert
	}
	return stored, true
}

// Holds says whether a bundle, in PEM, holds every certificate of another.
func Holds(bundle, other []byte) bool {
	has, _ := pki.DecodeX509CertificateSetBytes(bundle) // garbage holds nothing
	wanted, _ := pki.DecodeX509CertificateSetBytes(other)
	for _, cert := range wanted {
		if !trusts(has, cert) {
			return false
		}
	}
	return true
}

// RenewalTime is when a certificate is renewed: after two thirds of its life.
func RenewalTime(cert *x509.Certificate) time.Time {
	renewal, err := pki.RenewalTime(cert.NotBefore, cert.NotAfter, nil, nil, nil)
	if err != nil || renewal == nil {
		return cert.NotBefore // it never fails without windows
	}
	return renewal.Time
}
