package certs

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"slices"
	"time"

	"github.com/cert-manager/cert-manager/pkg/util/pki"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The keys of the Secret. The first three are what Secrets of type kubernetes.io/tls have everywhere.
const (
	leafCert = corev1.TLSCertKey
	leafKey  = corev1.TLSPrivateKeyKey
	// bundleKey holds every authority that clients have to trust, the form in which they take it.
	bundleKey = "ca.crt"

	currentCert, currentKey = "current-ca.crt", "current-ca.key"
	nextCert, nextKey       = "next-ca.crt", "next-ca.key"
	oldCerts, oldUntil      = "old-ca.crt", "old-ca.until"
)

// RotateAnnotation on the Secret makes what it names be renewed now: leaf or ca. It is taken off when that is done.
const (
	RotateAnnotation = "bailiwick.dev/rotate"
	RotateLeaf       = "leaf"
	RotateCA         = "ca"
)

// state is what the Secret holds. Parts that are missing or cannot be used are nil.
type state struct {
	leaf *leaf
	// current signs leaves. next is trusted long before it takes over.
	current, next *Authority
	// old have signed leaves that may still be served, the last of them until then.
	old   []*x509.Certificate
	until time.Time
	// rotate is what was asked to be renewed now.
	rotate string
}

// leaf is a serving certificate in both its forms.
type leaf struct {
	tls  *tls.Certificate
	pair Pair
}

func parseLeaf(pair Pair) (*leaf, error) {
	cert, err := tls.X509KeyPair(pair.Cert, pair.Key)
	if err != nil {
		return nil, err
	}
	return &leaf{&cert, pair}, nil
}

// parseState reads the Secret.
func parseState(secret *corev1.Secret) *state {
	pair := func(cert, key string) Pair { return Pair{secret.Data[cert], secret.Data[key]} }
	s := &state{rotate: secret.Annotations[RotateAnnotation]}
	s.leaf, _ = parseLeaf(pair(leafCert, leafKey))
	s.current, _ = parseAuthority(pair(currentCert, currentKey))
	s.next, _ = parseAuthority(pair(nextCert, nextKey))
	s.old, _ = pki.DecodeX509CertificateSetBytes(secret.Data[oldCerts])
	s.old = slices.Clip(s.old) // what is remembered does not grow with it
	var err error
	if s.until, err = time.Parse(time.RFC3339, string(secret.Data[oldUntil])); err != nil && len(s.old) > 0 {
		s.until = s.old[len(s.old)-1].NotAfter // trusted for too long rather than not long enough
	}
	return s
}

// store writes the state into the Secret; whatever else it holds stays.
func (s *state) store(secret *corev1.Secret) {
	if secret.Data == nil {
		secret.Data = map[string][]byte{}
	}
	put := func(key string, value []byte) {
		if secret.Data[key] = value; len(value) == 0 {
			delete(secret.Data, key)
		}
	}
	putPair := func(cert, key string, pair Pair) { put(cert, pair.Cert); put(key, pair.Key) }
	putPair(leafCert, leafKey, s.leaf.stored())
	putPair(currentCert, currentKey, s.current.stored())
	putPair(nextCert, nextKey, s.next.stored())
	put(oldCerts, encode(s.old))
	put(oldUntil, nil)
	if len(s.old) > 0 {
		put(oldUntil, []byte(s.until.UTC().Format(time.RFC3339)))
	}
	put(bundleKey, s.bundle())
	delete(secret.Annotations, RotateAnnotation)
	if s.rotate != "" {
		metav1.SetMetaDataAnnotation(&secret.ObjectMeta, RotateAnnotation, s.rotate)
	}
}

func (l *leaf) stored() Pair {
	if l == nil {
		return Pair{}
	}
	return l.pair
}

func (a *Authority) stored() Pair {
	if a == nil {
		return Pair{}
	}
	return a.pair
}

// trusted are the authorities that clients have to trust, in the order in which they sign.
func (s *state) trusted() []*x509.Certificate {
	trusted := slices.Clone(s.old)
	for _, a := range []*Authority{s.current, s.next} {
		if a != nil {
			trusted = append(trusted, a.cert)
		}
	}
	return trusted
}

func (s *state) bundle() []byte { return encode(s.trusted()) }

// retire keeps authorities trusted until a time, and what was kept before at least as long.
func (s *state) retire(until time.Time, authorities ...*x509.Certificate) {
	for _, a := range authorities {
		if !slices.ContainsFunc(s.trusted(), a.Equal) {
			s.old = append(s.old, a)
		}
	}
	if until.After(s.until) {
		s.until = until
	}
}

func encode(certs []*x509.Certificate) []byte {
	var b bytes.Buffer
	for _, cert := range certs {
		text, err := pki.EncodeX509(cert)
		if err != nil {
			panic(fmt.Sprintf("encoding a certificate: %v", err)) // writing to memory does not fail
		}
		b.Write(text)
	}
	return b.Bytes()
}

// usable says whether an authority is there and within its time.
func (a *Authority) usable(now time.Time) bool {
	return a != nil && within(a.cert, now)
}

func within(cert *x509.Certificate, now time.Time) bool {
	return !now.Before(cert.NotBefore) && now.Before(cert.NotAfter)
}
