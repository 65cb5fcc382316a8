package certs

import (
	"context"
	"crypto/tls"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/certwatcher"

	"github.com/bailiwick-dev/bailiwick/internal/replace"
)

// Serving is where a server gets its certificate from.
type Serving struct {
	// Get returns the certificate in force; for tls.Config.GetCertificate.
	Get func(*tls.ClientHelloInfo) (*tls.Certificate, error)
	// Run keeps it up to date until the context ends.
	Run func(context.Context) error
	// Ends says when what is served ends, "leaf", and the authorities behind it, as far as they are known.
	Ends func() map[string]time.Time
}

// watchInterval is how often the files are read, beside file events: those do not always tell when a mount is swapped.
const watchInterval = 2 * time.Second

// FromDir serves tls.crt and tls.key of a directory, as a mounted Secret has them, and follows when they are renewed.
// A certificate that has expired is an error now: nobody could connect.
func FromDir(dir string, now time.Time) (*Serving, error) {
	certFile, keyFile := filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key")
	watcher, err := certwatcher.New(certFile, keyFile)
	if err != nil {
		return nil, fmt.Errorf("reading the serving certificate: %w", err)
	}
	cert, err := watcher.WithWatchInterval(watchInterval).GetCertificate(nil)
	if err != nil {
		return nil, fmt.Errorf("reading the serving certificate: %w", err)
	}
	if err := checkPeriod(cert, now); err != nil {
		return nil, fmt.Errorf("%s: %w", certFile, err)
	}
	return &Serving{Get: watcher.GetCertificate, Run: watcher.Start, Ends: endOf(watcher.GetCertificate)}, nil
}

func checkPeriod(cert *tls.Certificate, now time.Time) error {
	switch leaf := cert.Leaf; {
	case now.After(leaf.NotAfter):
		return fmt.Errorf("the certificate expired on %s", leaf.NotAfter.Format(time.RFC3339))
	case now.Before(leaf.NotBefore):
		return fmt.Errorf("the certificate is not valid before %s", leaf.NotBefore.Format(time.RFC3339))
	}
	return nil
}

// endOf tells when the certificate ends that is served alone.
func endOf(get func(*tls.ClientHelloInfo) (*tls.Certificate, error)) func() map[string]time.Time {
	return func() map[string]time.Time {
		ends := map[string]time.Time{}
		if cert, err := get(nil); err == nil {
			ends["leaf"] = cert.Leaf.NotAfter
		}
		return ends
	}
}

// selfSignedLifetime is long enough for any session on a laptop.
const selfSignedLifetime = year

// SelfSigned serves a certificate of an authority that is made now and forgotten when the process ends. When out is
// not empty, the authority's certificate is written there as ca.crt, so that clients can trust it.
func SelfSigned(out string, hosts ...string) (*Serving, error) {
	ca, err := NewAuthority("bailiwick self-signed CA", selfSignedLifetime)
	if err != nil {
		return nil, err
	}
	pair, err := ca.Server(selfSignedLifetime, hosts...)
	if err != nil {
		return nil, err
	}
	cert, err := tls.X509KeyPair(pair.Cert, pair.Key)
	if err != nil {
		return nil, fmt.Errorf("reading the self-signed certificate back: %w", err)
	}
	if out != "" {
		if err := publish(out, ca); err != nil {
			return nil, fmt.Errorf("writing the self-signed CA: %w", err)
		}
	}
	get := func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &cert, nil }
	return &Serving{Get: get, Run: func(ctx context.Context) error { <-ctx.Done(); return nil }, Ends: endOf(get)}, nil
}

// publish writes the certificate of an authority where clients find it.
func publish(dir string, ca *Authority) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return replace.File(filepath.Join(dir, "ca.crt"), 0o644, ca.PEM())
}
