package certs

import (
	"bytes"
	"crypto/x509"
	"slices"
	"time"

	"github.com/cert-manager/cert-manager/pkg/util/pki"
)

// lifetimes are how long certificates live. An authority waits as the next one, then it signs, and what it has signed
// ends before it does: it lives longer than twice the wait and a leaf, also when somebody turns to the next one early.
type lifetimes struct {
	authorityLives time.Duration
	waits          time.Duration // how long an authority is trusted before it signs
	leafLives      time.Duration // it is renewed after two thirds
	// settle is how long every bundle must have held the next authority before it signs: each kube-apiserver follows
	// registered webhooks by a watch of its own, and some of them may be behind.
	settle time.Duration
}

const year = 365 * 24 * time.Hour

var usual = lifetimes{authorityLives: 10 * year, waits: 4 * year, leafLives: 30 * 24 * time.Hour, settle: 10 * time.Second}

// view is everything that the next move depends on.
type view struct {
	*state
	lifetimes
	now   time.Time
	hosts []string
	// held is what each registered bundle holds, and settled says that all have held the next authority for long enough.
	held    [][]byte
	settled bool
	// announced is what this replica has published, for bundles that come later, and refused why that failed.
	announced []byte
	refused   error
	// remembered is what the Secret held before, and served what this replica serves; nil after a start.
	remembered *state
	served     *served
}

// move is one step of the rotation. Each is one write, to the Secret or to the bundles, and afterwards everything is
// looked at again: whoever dies between two moves has lost nothing, and whoever comes next goes on from there.
type move struct {
	did    string
	due    func(*view) bool
	change func(*view) error // of the Secret; nil: its bundle is published
}

// moves in the order in which they are looked at. The order in which trust moves is: the next authority is stored, then
// in every bundle, then read back, then it signs, and the one before is dropped when its last certificate has ended.
var moves = []move{
	{"restored the certificates from memory", func(v *view) bool { return v.lost() && v.remembered != nil && v.remembered.current.usable(v.now) }, restore},
	{"made new authorities", func(v *view) bool { return v.lost() }, begin},
	{"kept the authority of the certificate that is served", func(v *view) bool {
		return v.serving() && !trusts(v.trusted(), v.served.issuer)
	}, keep},
	{"published the authorities", func(v *view) bool { return v.refused == nil && !v.published() }, nil},
	{"made the next authority", func(v *view) bool { return !v.next.usable(v.now) }, preload},
	{"renewed the serving certificate", func(v *view) bool { return v.current.usable(v.now) && v.stale() }, renew},
	{"turned to the next authority", func(v *view) bool { return v.turning() && v.settled }, turn},
	{"dropped the old authorities", func(v *view) bool { return len(v.old) > 0 && v.now.After(v.until) }, drop},
}

// nextMove is the first that is due, or nil.
func nextMove(v *view) *move {
	for i := range moves {
		if moves[i].due(v) {
			return &moves[i]
		}
	}
	return nil
}

// lost says that there is nothing to go on from.
func (v *view) lost() bool { return !v.current.usable(v.now) && !v.next.usable(v.now) }

// serving says whether this replica serves something that is of use.
func (v *view) serving() bool { return v.served != nil && within(v.served.tls.Leaf, v.now) }

// everywhere says whether every bundle holds an authority.
func (v *view) everywhere(a *Authority) bool {
	return a != nil && !slices.ContainsFunc(v.held, func(bundle []byte) bool {
		certs, _ := pki.DecodeX509CertificateSetBytes(bundle) // garbage holds nothing
		return !trusts(certs, a.cert)
	})
}

// published says whether every bundle is what it should be.
func (v *view) published() bool {
	want := v.bundle()
	return bytes.Equal(v.announced, want) && !slices.ContainsFunc(v.held, func(bundle []byte) bool { return !bytes.Equal(bundle, want) })
}

// stale says whether the serving certificate has to be made anew.
func (v *view) stale() bool {
	if v.rotate == RotateLeaf || v.leaf == nil {
		return true
	}
	cert := v.leaf.tls.Leaf
	return cert.CheckSignatureFrom(v.current.cert) != nil || !within(cert, v.now) || v.now.After(RenewalTime(cert)) ||
		slices.ContainsFunc(v.hosts, func(host string) bool { return cert.VerifyHostname(host) != nil })
}

// turning says whether the next authority should take over as soon as it is trusted everywhere.
func (v *view) turning() bool {
	return v.next.usable(v.now) && (v.rotate == RotateCA || !v.current.usable(v.now) ||
		v.now.After(v.next.cert.NotBefore.Add(v.waits)) || v.now.Add(v.leafLives).After(v.current.cert.NotAfter))
}

func restore(v *view) error {
	*v.state = *v.remembered
	return nil
}

// begin leaves in force what was registered before: certificates of another source may still be served.
func begin(v *view) error {
	var before []*x509.Certificate
	for _, bundle := range v.held {
		found, _ := pki.DecodeX509CertificateSetBytes(bundle) // of garbage there is nothing to keep
		before = append(before, found...)
	}
	rotate := v.rotate
	*v.state = state{}
	for _, cert := range before {
		if cert.IsCA && within(cert, v.now) {
			v.retire(v.now.Add(v.leafLives), cert)
		}
	}
	var err error
	if v.current, err = v.newCA(); err != nil {
		return err
	}
	if v.next, err = v.newCA(); err != nil {
		return err
	}
	v.rotate = rotate
	return issue(v)
}

func keep(v *view) error {
	v.retire(v.served.tls.Leaf.NotAfter.Add(backdate), v.served.issuer)
	return nil
}

func preload(v *view) (err error) {
	v.next, err = v.newCA()
	return err
}

func renew(v *view) error {
	if v.rotate == RotateLeaf {
		v.rotate = ""
	}
	return issue(v)
}

func turn(v *view) error {
	before := v.current
	v.current, v.next = v.next, nil
	if before != nil && v.leaf != nil {
		v.retire(v.leaf.tls.Leaf.NotAfter.Add(backdate), before.cert)
	}
	if v.rotate == RotateCA {
		v.rotate = ""
	}
	return issue(v)
}

func drop(v *view) error {
	v.old, v.until = nil, time.Time{}
	return nil
}

// issue makes a serving certificate. When it is only for a name that was missing, it keeps those that others need:
// replicas need not be reached under the same addresses.
func issue(v *view) error {
	hosts := slices.Clone(v.hosts)
	if v.leaf != nil && slices.ContainsFunc(hosts, func(host string) bool { return v.leaf.tls.Leaf.VerifyHostname(host) != nil }) {
		for _, name := range namesOf(v.leaf.tls.Leaf) {
			if !slices.Contains(hosts, name) {
				hosts = append(hosts, name)
			}
		}
	}
	pair, err := v.current.server(v.now, v.leafLives, hosts)
	if err != nil {
		return err
	}
	v.leaf, err = parseLeaf(pair)
	return err
}

func (v *view) newCA() (*Authority, error) {
	return newAuthority("bailiwick serving CA "+v.now.UTC().Format(time.DateOnly), v.now, v.authorityLives)
}

func namesOf(cert *x509.Certificate) []string {
	names := slices.Clone(cert.DNSNames)
	for _, ip := range cert.IPAddresses {
		names = append(names, ip.String())
	}
	return names
}

func trusts(authorities []*x509.Certificate, issuer *x509.Certificate) bool {
	return slices.ContainsFunc(authorities, issuer.Equal)
}
