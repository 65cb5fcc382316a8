package webhook

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// Server is the pair of listeners of one process.
type Server struct {
	Listener net.Listener
	TLS      *tls.Config
	Handler  http.Handler

	MetricsListener net.Listener
	Metrics         http.Handler
	// Debug answers /debug/policy. Nil: nobody does.
	Debug http.Handler
	// Ready says what /readyz answers while the server is not draining: whether it is ready, and a line for people.
	Ready func() (bool, string)

	// Drain is how long the server goes on answering after it has said that it is not ready any more, so that whoever
	// routes requests to it has noticed.
	Drain time.Duration
	Log   *slog.Logger

	draining atomic.Bool
}

// closing bounds how long requests under way may take to end.
const closing = 10 * time.Second

// Run serves until the context ends, then drains: /readyz fails, the server goes on answering for the time of Drain,
// and then closes its listeners and waits for the requests under way.
func (s *Server) Run(ctx context.Context) error {
	main := &http.Server{
		Handler:           s.Handler,
		TLSConfig:         s.TLS,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       5 * time.Minute,
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
	}
	side := &http.Server{Handler: s.side(), ReadHeaderTimeout: 10 * time.Second, ErrorLog: main.ErrorLog}
	failed := make(chan error, 2)
	go func() { failed <- main.ServeTLS(s.Listener, "", "") }()
	go func() { failed <- side.Serve(s.MetricsListener) }()

	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
		s.Log.Info("draining", "for", s.Drain)
		s.draining.Store(true)
		time.Sleep(s.Drain)
	}
	closeCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing)
	defer cancel()
	err = errors.Join(err, main.Shutdown(closeCtx), side.Shutdown(closeCtx))
	if err != nil {
		return fmt.Errorf("serving: %w", err)
	}
	return nil
}

// side routes /metrics, /healthz, /readyz and /debug/policy.
func (s *Server) side() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", s.Metrics)
	if s.Debug != nil {
		mux.Handle("GET /debug/policy", s.Debug)
	}
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if s.draining.Load() {
			say(w, http.StatusServiceUnavailable, "draining")
			return
		}
		ready, line := s.Ready()
		status := http.StatusOK
		if !ready {
			status = http.StatusServiceUnavailable
		}
		say(w, status, line)
	})
	return mux
}

func say(w http.ResponseWriter, status int, line string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, line) // a client that has gone away is not our error
}
