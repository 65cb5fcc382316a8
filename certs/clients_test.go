package certs_test

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/certs"
)

// callee is a server that knows its clients, and counts the bodies that were read.
type callee struct {
	*httptest.Server
	clients *certs.Clients
	file    string
	read    atomic.Int32
}

func newCallee(t *testing.T, change func(*certs.Clients), authorities ...*certs.Authority) *callee {
	t.Helper()
	c := &callee{file: filepath.Join(t.TempDir(), "ca.crt")}
	c.trust(t, authorities...)
	var err error
	c.clients, err = certs.NewClients(c.file)
	require.NoError(t, err)
	if change != nil {
		change(c.clients)
	}
	c.Server = httptest.NewUnstartedServer(c.clients.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		c.read.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
	})))
	c.TLS = &tls.Config{NextProtos: []string{"h2"}}
	serving, err := certs.SelfSigned("", "127.0.0.1")
	require.NoError(t, err)
	c.TLS.GetCertificate = serving.Get
	c.clients.Configure(c.TLS)
	c.EnableHTTP2 = true
	c.Config.ErrorLog = log.New(io.Discard, "", 0)
	c.StartTLS()
	t.Cleanup(c.Close)
	return c
}

// trust writes the file.
func (c *callee) trust(t *testing.T, authorities ...*certs.Authority) {
	t.Helper()
	var text []byte
	for _, a := range authorities {
		text = append(text, a.PEM()...)
	}
	require.NoError(t, os.WriteFile(c.file, text, 0o600))
}

// caller shows a certificate, or none.
func caller(t *testing.T, pair *certs.Pair) *http.Client {
	t.Helper()
	conf := &tls.Config{InsecureSkipVerify: true}
	if pair != nil {
		cert, err := tls.X509KeyPair(pair.Cert, pair.Key)
		require.NoError(t, err)
		// Also when the server has not said that it takes one of this authority.
		conf.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &cert, nil }
	}
	transport := &http.Transport{TLSClientConfig: conf, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 10 * time.Second}
}

func (c *callee) call(client *http.Client, path string) (int, string, error) {
	resp, err := client.Post(c.URL+path, "application/json", strings.NewReader("{}"))
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body), err
}

func authority(t *testing.T, name string) *certs.Authority {
	t.Helper()
	ca, err := certs.NewAuthority(name, time.Hour)
	require.NoError(t, err)
	return ca
}

func identity(t *testing.T, ca *certs.Authority, name string, lifetime time.Duration) *certs.Pair {
	t.Helper()
	pair, err := ca.Client(lifetime, name)
	require.NoError(t, err)
	return &pair
}

func TestCallers(t *testing.T) {
	ca, stranger := authority(t, "ca"), authority(t, "stranger")
	server := issue(t, ca, "kube-apiserver")
	pinned := func(c *certs.Clients) { c.Names = []string{"kube-apiserver", "front"} }
	open := func(c *certs.Clients) {
		pinned(c)
		c.Open = func(r *http.Request) bool { return r.URL.Path != "/authorize" }
	}
	const handshake = 0
	for name, tc := range map[string]struct {
		change func(*certs.Clients)
		pair   *certs.Pair
		path   string
		status int
		says   string
	}{
		"a good one":                          {nil, identity(t, ca, "anybody", time.Hour), "/authorize", 200, ""},
		"a pinned name":                       {pinned, identity(t, ca, "kube-apiserver", time.Hour), "/authorize", 200, ""},
		"another name":                        {pinned, identity(t, ca, "jane", time.Hour), "/authorize", 403, `"jane" has none of the names`},
		"none":                                {nil, nil, "/authorize", handshake, ""},
		"of another authority":                {nil, identity(t, stranger, "kube-apiserver", time.Hour), "/authorize", handshake, ""},
		"expired":                             {nil, identity(t, ca, "kube-apiserver", -time.Second), "/authorize", handshake, ""},
		"a server's":                          {nil, &server, "/authorize", handshake, ""},
		"none where none is needed":           {open, nil, "/validate/x", 200, ""},
		"none where one is":                   {open, nil, "/authorize", 403, "a client certificate is needed"},
		"another name where none is needed":   {open, identity(t, ca, "jane", time.Hour), "/validate/x", 403, `"jane" has none`},
		"a stranger where none is needed":     {open, identity(t, stranger, "front", time.Hour), "/validate/x", handshake, ""},
		"an expired one where none is needed": {open, identity(t, ca, "front", -time.Second), "/validate/x", handshake, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCallee(t, tc.change, ca)
			status, body, err := c.call(caller(t, tc.pair), tc.path)
			require.Equal(t, tc.status, status)
			require.Equal(t, tc.status == handshake, err != nil, err)
			require.Contains(t, body, tc.says)
			require.Equal(t, tc.status == 200, c.read.Load() == 1, "nobody reads the body of a stranger")
		})
	}
}

// The authorities of clients change while the server runs: who is new gets in, and who was taken out is cut off, also on
// a connection that is open.
func TestAuthoritiesOfClientsAreFollowed(t *testing.T) {
	first, second := authority(t, "first"), authority(t, "second")
	c := newCallee(t, nil, first)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- c.clients.Run(ctx) }()
	defer func() { cancel(); require.NoError(t, <-done) }()
	one, two := caller(t, identity(t, first, "one", time.Hour)), caller(t, identity(t, second, "two", time.Hour))
	eventually := func(client *http.Client, want ...int) {
		t.Helper()
		require.Eventually(t, func() bool {
			status, _, _ := c.call(client, "/authorize")
			return slices.Contains(want, status)
		}, 15*time.Second, 50*time.Millisecond)
	}
	eventually(one, 200)
	eventually(two, 0)

	c.trust(t, first, second)
	eventually(two, 200)
	eventually(one, 200)
	require.NoError(t, os.WriteFile(c.file, []byte("junk"), 0o600))
	time.Sleep(2500 * time.Millisecond)
	eventually(two, 200)

	c.trust(t, second)
	eventually(one, 403, 0)
	eventually(one, 0)
	eventually(two, 200)
}

func TestClientsRefuses(t *testing.T) {
	_, err := certs.NewClients(filepath.Join(t.TempDir(), "missing"))
	require.ErrorContains(t, err, "no such file")
	file := filepath.Join(t.TempDir(), "empty")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err = certs.NewClients(file)
	require.ErrorContains(t, err, "holds no PEM certificate")
}

// A certificate that was good when the connection began is looked at again with each request.
func TestCertificateThatExpiresMeanwhile(t *testing.T) {
	ca := authority(t, "ca")
	c := newCallee(t, nil, ca)
	client := caller(t, identity(t, ca, "kube-apiserver", 2*time.Second))
	status, _, err := c.call(client, "/authorize")
	require.NoError(t, err)
	require.Equal(t, 200, status)
	require.Eventually(t, func() bool {
		status, body, err := c.call(client, "/authorize")
		return err == nil && status == 403 && strings.Contains(body, "expired on")
	}, 10*time.Second, 50*time.Millisecond)
}
