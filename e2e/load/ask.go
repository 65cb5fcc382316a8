package load

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	clients = 8
	// kept is how many requests a connection is used for: what is new must work as well as what is open.
	kept = 25
	// patience is longer than kube-apiserver waits.
	patience = 10 * time.Second
)

// Question is a request that is asked over and over.
type Question struct {
	Path, Body string
	// Want stands in the right answer.
	Want string
}

// Target is whom a client asks, and how it connects.
type Target struct {
	Address string
	TLS     *tls.Config
	// Dial connects where another way is needed than from here.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Asking is a load of questions.
type Asking struct {
	*Steady
	// Connections counts those that were made.
	Connections atomic.Int64

	began time.Time
	mu    sync.Mutex
	took  []time.Duration
}

// Ask asks questions in turn, at a rate, over TLS and HTTP/2 as kube-apiserver does. Each of the clients is told before
// a request whom to ask; it makes a new connection now and then, and when it is to trust something else. Anything but
// the right answer is an error.
func Ask(t *testing.T, perSecond int, target func(client int) Target, questions ...Question) *Asking {
	t.Helper()
	a := &Asking{began: time.Now()}
	connections := make([]connection, clients)
	a.Steady = Every(t, time.Second*clients/time.Duration(perSecond), clients, func(ctx context.Context, n int) error {
		c := &connections[n]
		if to := target(n); c.left == 0 || c.trusts != to.TLS.RootCAs {
			c.renew(to)
			a.Connections.Add(1)
		}
		c.left--
		began := time.Now()
		err := c.ask(ctx, &questions[(n+c.left)%len(questions)])
		a.note(time.Since(began))
		return err
	})
	return a
}

func (a *Asking) note(took time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.took = append(a.took, took)
}

// Rate is how many requests a second there were until now.
func (a *Asking) Rate() float64 { return float64(a.Answered.Load()) / time.Since(a.began).Seconds() }

// Took is how long each request took since it was last asked, the shortest first.
func (a *Asking) Took() []time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	took := a.took
	a.took = nil
	slices.Sort(took)
	return took
}

// connection is what a client has open.
type connection struct {
	http    *http.Client
	address string
	trusts  *x509.CertPool
	left    int
}

func (c *connection) renew(to Target) {
	if c.http != nil {
		c.http.CloseIdleConnections()
	}
	*c = connection{
		http:    &http.Client{Timeout: patience, Transport: &http.Transport{DialContext: to.Dial, TLSClientConfig: to.TLS.Clone(), ForceAttemptHTTP2: true}},
		address: to.Address, trusts: to.TLS.RootCAs, left: kept,
	}
}

func (c *connection) ask(ctx context.Context, q *Question) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+c.address+q.Path, strings.NewReader(q.Body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	answer, err := io.ReadAll(resp.Body)
	if err == nil && (resp.StatusCode != http.StatusOK || !strings.Contains(string(answer), q.Want)) {
		err = fmt.Errorf("%s wanted %s, got %s: %s", q.Path, q.Want, resp.Status, answer)
	}
	return err
}
