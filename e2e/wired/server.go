// Package wired runs the real thing: a bailiwick process and a kube-apiserver that asks it, over mutual TLS, what users
// may do and which writes to admit. Tests and the demo use it.
package wired

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/bailiwick-dev/bailiwick/certs"
)

// ready bounds how long the server may take until it answers.
const ready = 20 * time.Second

// Server is a bailiwick process that can be stopped and started again on the same addresses.
type Server struct {
	binary  string
	args    []string
	out     io.Writer
	address string
	metrics string
	tls     *tls.Config  // of a trusted client, as kube-apiserver is
	client  *http.Client // with it

	mu     sync.Mutex
	cmd    *exec.Cmd
	exited chan struct{} // closed when cmd has ended
}

// pki is who trusts whom: one authority for the server, another for its callers.
type pki struct {
	serverCA *certs.Authority
	clientCA *certs.Authority
	server   certs.Pair
	client   certs.Pair
}

func newPKI() (*pki, error) {
	const lifetime = 24 * time.Hour
	var p pki
	var errs [4]error
	p.serverCA, errs[0] = certs.NewAuthority("bailiwick serving CA", lifetime)
	p.clientCA, errs[1] = certs.NewAuthority("bailiwick client CA", lifetime)
	if err := errors.Join(errs[:2]...); err != nil {
		return nil, err
	}
	p.server, errs[2] = p.serverCA.Server(lifetime, "localhost", "127.0.0.1")
	p.client, errs[3] = p.clientCA.Client(lifetime, "kube-apiserver")
	return &p, errors.Join(errs[2:]...)
}

// newServer writes the certificates below dir and chooses addresses; it starts nothing.
func newServer(o *Options, dir string, p *pki) (*Server, error) {
	files := map[string][]byte{
		"tls/tls.crt":   p.server.Cert,
		"tls/tls.key":   p.server.Key,
		"client-ca.crt": p.clientCA.PEM(),
	}
	if err := os.MkdirAll(filepath.Join(dir, "tls"), 0o700); err != nil {
		return nil, fmt.Errorf("making a folder for certificates: %w", err)
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			return nil, fmt.Errorf("writing certificates: %w", err)
		}
	}
	addresses, err := FreeAddresses(2)
	if err != nil {
		return nil, err
	}
	s := &Server{binary: o.Binary, out: o.Log, address: addresses[0], metrics: addresses[1]}
	if s.tls, err = p.clientTLS(); err != nil {
		return nil, err
	}
	s.client = &http.Client{Transport: &http.Transport{TLSClientConfig: s.tls, ForceAttemptHTTP2: true}, Timeout: 10 * time.Second}
	s.args = append([]string{"serve",
		"--listen", s.address, "--metrics-listen", s.metrics,
		"--client-ca", filepath.Join(dir, "client-ca.crt"), "--drain", "0s",
	}, o.Args...)
	if !o.OwnCertificate {
		s.args = append(s.args, "--cert-dir", filepath.Join(dir, "tls"))
	}
	if o.PolicyDir != "" {
		s.args = append(s.args, "--policy-dir", o.PolicyDir)
	}
	return s, nil
}

// Address is where the server answers kube-apiserver.
func (s *Server) Address() string { return s.address }

// TLS is how a client connects that the server trusts, as kube-apiserver does.
func (s *Server) TLS() *tls.Config { return s.tls.Clone() }

// FreeAddresses are n loopback addresses that nobody listens on.
func FreeAddresses(n int) ([]string, error) {
	var addresses []string
	for range n {
		l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("looking for a free port: %w", err)
		}
		defer l.Close() //nolint:errcheck // it was only held to keep the port ours
		addresses = append(addresses, l.Addr().String())
	}
	return addresses, nil
}

// Start starts the process and waits until it is ready.
func (s *Server) Start(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cmd = exec.Command(s.binary, s.args...) //nolint:noctx // it outlives the call; Stop and Kill end it
	s.cmd.Stdout, s.cmd.Stderr = s.out, s.out
	s.cmd.SysProcAttr = dieWithParent()
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("starting %s: %w", s.binary, err)
	}
	exited := make(chan struct{})
	s.exited = exited
	cmd := s.cmd
	go func() {
		_ = cmd.Wait()
		close(exited)
	}()
	ctx, cancel := context.WithTimeout(ctx, ready)
	defer cancel()
	for {
		if _, err := s.Get(ctx, "/readyz"); err == nil {
			return nil
		}
		select {
		case <-exited:
			return errors.New("bailiwick ended before it was ready")
		case <-ctx.Done():
			return fmt.Errorf("waiting for bailiwick: %w", ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Get reads a path of the metrics address; anything but 200 is an error.
func (s *Server) Get(ctx context.Context, path string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.metrics+path, nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", resp.Status, body)
	}
	return string(body), err
}

// Kill ends the process without warning.
func (s *Server) Kill() { s.end(syscall.SIGKILL) }

// Stop ends the process the way it wants to be ended.
func (s *Server) Stop() { s.end(syscall.SIGTERM) }

func (s *Server) end(sig syscall.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Signal(sig) // it may have ended by itself
	<-s.exited
	s.cmd = nil
}
