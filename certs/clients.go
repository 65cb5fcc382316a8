package certs

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/cert-manager/cert-manager/pkg/util/pki"
)

// Clients are those who may call the server: whoever shows a certificate that an authority of a file has signed. The
// file is followed. Another way to know a caller, as the tokens of KEP-6060 will be one, belongs here, beside check.
type Clients struct {
	// Names are common names and subject alternative names of which a client's certificate has to have one. None: any
	// certificate of the authorities will do.
	Names []string
	// Open says which requests need no certificate. One that is shown is checked all the same. Nil: none.
	Open func(*http.Request) bool
	Log  *slog.Logger

	file  string
	known atomic.Pointer[authorities]
}

// authorities are what the file held when it was last good.
type authorities struct {
	text  []byte
	pool  *x509.CertPool
	roots map[string]bool // by their bytes
	ends  time.Time       // of the first that ends
}

// NewClients reads the authorities of clients from a PEM file.
func NewClients(file string) (*Clients, error) {
	c := &Clients{file: file, Log: slog.New(slog.DiscardHandler)}
	if _, err := c.read(); err != nil {
		return nil, err
	}
	return c, nil
}

// read takes over what the file holds, if that is good, and says whether it is something new.
func (c *Clients) read() (bool, error) {
	text, err := os.ReadFile(c.file)
	if err != nil {
		return false, fmt.Errorf("reading client CA: %w", err)
	}
	if old := c.known.Load(); old != nil && bytes.Equal(old.text, text) {
		return false, nil
	}
	certs, err := pki.DecodeX509CertificateSetBytes(text)
	if err != nil {
		return false, fmt.Errorf("reading client CA: %s holds no PEM certificates: %w", c.file, err)
	}
	a := &authorities{text: text, pool: x509.NewCertPool(), roots: map[string]bool{}, ends: certs[0].NotAfter}
	for _, cert := range certs {
		a.pool.AddCert(cert)
		a.roots[string(cert.Raw)] = true
		if cert.NotAfter.Before(a.ends) {
			a.ends = cert.NotAfter
		}
	}
	c.known.Store(a)
	return true, nil
}

// Run follows the file until the context ends. What is broken or missing leaves the last good authorities in force.
func (c *Clients) Run(ctx context.Context) error {
	ticks := time.NewTicker(watchInterval)
	defer ticks.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticks.C:
		}
		changed, err := c.read()
		switch {
		case err != nil && !failing:
			c.Log.Error("the authorities of clients cannot be read, the last good ones stay in force", "error", err)
		case changed:
			c.Log.Info("the authorities of clients have changed", "file", c.file, "until", c.Ends().Format(time.RFC3339))
		}
		failing = err != nil
	}
}

// Ends is when the first of the authorities ends.
func (c *Clients) Ends() time.Time { return c.known.Load().ends }

// Configure makes a server ask its clients for a certificate.
func (c *Clients) Configure(conf *tls.Config) {
	conf.ClientAuth = tls.RequireAndVerifyClientCert
	if c.Open != nil {
		conf.ClientAuth = tls.VerifyClientCertIfGiven
	}
	// A session that is resumed would be one of an authority that may have been taken out since.
	conf.SessionTicketsDisabled = true
	base := conf.Clone()
	conf.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
		now := base.Clone()
		now.ClientCAs = c.known.Load().pool
		return now, nil
	}
}

// Handler refuses requests of others with 403 before their body is read. It also ends their connection, so that a
// client whose certificate has been renewed shows the new one.
func (c *Clients) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := c.check(r, time.Now()); err != nil {
			c.Log.Warn("refused a caller", "from", r.RemoteAddr, "path", r.URL.Path, "reason", err)
			w.Header().Set("Connection", "close")
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// check looks at a certificate again that was good when the connection began: connections live for days.
func (c *Clients) check(r *http.Request, now time.Time) error {
	if r.TLS == nil || len(r.TLS.VerifiedChains) == 0 {
		if c.Open != nil && c.Open(r) {
			return nil
		}
		return errors.New("a client certificate is needed")
	}
	roots := c.known.Load().roots
	trusted := func(chain []*x509.Certificate) bool { return roots[string(chain[len(chain)-1].Raw)] }
	switch cert := r.TLS.VerifiedChains[0][0]; {
	case !slices.ContainsFunc(r.TLS.VerifiedChains, trusted):
		return errors.New("the authority of the client certificate is not trusted any more")
	case now.After(cert.NotAfter):
		return fmt.Errorf("the client certificate expired on %s", cert.NotAfter.Format(time.RFC3339))
	case len(c.Names) > 0 && !c.pinned(cert):
		return fmt.Errorf("the client certificate of %q has none of the names that may call", cert.Subject.CommonName)
	}
	return nil
}

func (c *Clients) pinned(cert *x509.Certificate) bool {
	if slices.Contains(c.Names, cert.Subject.CommonName) {
		return true
	}
	is := func(name string) bool { return slices.Contains(c.Names, name) }
	return slices.ContainsFunc(cert.DNSNames, is) || slices.ContainsFunc(cert.URIs, func(u *url.URL) bool { return is(u.String()) })
}
