package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/pprof"

	"github.com/bailiwick-dev/bailiwick/certs"
	"github.com/bailiwick-dev/bailiwick/webhook"
)

// childArgument makes the program a server instead. Parent and child speak JSON over the child's standard input and
// output: the parent sends an order, the child answers with its address, and then with its usage each time it is
// asked. It ends when its input does, so it never outlives the parent.
const childArgument = "serve-for-bench"

// order tells a child what to serve.
type order struct {
	Server   string // floor, decode or bailiwick
	Policy   string // directory, for bailiwick
	Profile  string // file for a CPU profile, or ""
	Cert     certs.Pair
	ClientCA []byte
}

// hello is the child's first answer.
type hello struct{ Address string }

func serveChild(in io.Reader, out io.Writer) error {
	signal.Ignore(os.Interrupt) // a terminal sends it to the parent too, who then closes the input
	orders, answers := json.NewDecoder(in), json.NewEncoder(out)
	var o order
	if err := orders.Decode(&o); err != nil {
		return fmt.Errorf("reading the order: %w", err)
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	server, err := newServer(ctx, &o, log)
	if err != nil {
		return fmt.Errorf("starting server %s: %w", o.Server, err)
	}
	stopProfile, err := startProfile(o.Profile)
	if err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()
	err = answers.Encode(hello{server.Listener.Addr().String()})
	for err == nil {
		var ask struct{}
		if err = orders.Decode(&ask); err == nil {
			err = answers.Encode(usageNow())
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	cancel()
	return errors.Join(err, <-ended, stopProfile())
}

// newServer is the real server for all, with its TLS and HTTP settings: only the handlers differ.
func newServer(ctx context.Context, o *order, log *slog.Logger) (*webhook.Server, error) {
	handler, err := newHandler(ctx, o, log)
	if err != nil {
		return nil, err
	}
	cert, err := tls.X509KeyPair(o.Cert.Cert, o.Cert.Key)
	if err != nil {
		return nil, fmt.Errorf("reading the certificate: %w", err)
	}
	clients := x509.NewCertPool()
	clients.AppendCertsFromPEM(o.ClientCA)
	s := &webhook.Server{
		TLS: &tls.Config{
			MinVersion:   tls.VersionTLS12,
			Certificates: []tls.Certificate{cert},
			ClientCAs:    clients,
			ClientAuth:   tls.RequireAndVerifyClientCert,
			NextProtos:   []string{"h2", "http/1.1"},
		},
		Handler: handler,
		Metrics: http.NotFoundHandler(),
		Ready:   func() (bool, string) { return true, "ready" },
		Log:     log,
	}
	for _, l := range []*net.Listener{&s.Listener, &s.MetricsListener} {
		if *l, err = (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0"); err != nil {
			return nil, fmt.Errorf("listening: %w", err)
		}
	}
	return s, nil
}

func startProfile(file string) (stop func() error, err error) {
	if file == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(file)
	if err != nil {
		return nil, fmt.Errorf("writing a profile: %w", err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() error { pprof.StopCPUProfile(); return f.Close() }, nil
}
