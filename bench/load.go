package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bailiwick-dev/bailiwick/certs"
	"github.com/bailiwick-dev/bailiwick/webhook"
)

// client asks one server over one HTTP/2 connection.
type client struct {
	http    *http.Client
	url     string
	tenants int
	checked bool // whether the answers are decisions
	dials   atomic.Int32
	sent    atomic.Uint64
}

func newClient(address string, tenants int, checked bool, roots *x509.CertPool, pair certs.Pair) (*client, error) {
	cert, err := tls.X509KeyPair(pair.Cert, pair.Key)
	if err != nil {
		return nil, fmt.Errorf("reading the client's certificate: %w", err)
	}
	c := &client{url: "https://" + address + webhook.AuthorizePath, tenants: tenants, checked: checked}
	c.http = &http.Client{Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{cert}},
		ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			c.dials.Add(1)
			return (&net.Dialer{}).DialContext(ctx, network, addr)
		},
	}}
	return c, nil
}

// connect asks once, alone: requests that start together would each open a connection.
func (c *client) connect(ctx context.Context) error {
	_, err := c.run(ctx, 1, 1)
	return err
}

// run asks n times, some at once, and returns how long each took, sorted.
func (c *client) run(ctx context.Context, n, workers int) ([]time.Duration, error) {
	took := make([]time.Duration, n)
	var next atomic.Int64
	group, ctx := errgroup.WithContext(ctx)
	for range workers {
		group.Go(func() error {
			var answer bytes.Buffer
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				body, allowed := review(c.sent.Add(1), c.tenants)
				start := time.Now()
				if err := c.ask(ctx, body, &answer); err != nil {
					return err
				}
				took[i] = time.Since(start)
				if err := c.check(body, allowed, answer.Bytes()); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("asking %s: %w", c.url, err)
	}
	if dials := c.dials.Load(); dials != 1 {
		return nil, fmt.Errorf("asking %s took %d connections, want one", c.url, dials)
	}
	slices.Sort(took)
	return took, nil
}

func (c *client) ask(ctx context.Context, body []byte, answer *bytes.Buffer) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // it was read to the end
	answer.Reset()
	if _, err := answer.ReadFrom(resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK || resp.ProtoMajor != 2 {
		return fmt.Errorf("%s %s: %s", resp.Proto, resp.Status, answer)
	}
	return nil
}

// check makes sure that what was measured were right decisions.
func (c *client) check(body []byte, allowed bool, answer []byte) error {
	if c.checked && bytes.Contains(answer, []byte(`"allowed":true`)) != allowed {
		return fmt.Errorf("wrong answer %s to %s", answer, body)
	}
	return nil
}
