package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/spf13/cobra"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/bailiwick-dev/bailiwick/authorizer"
	"github.com/bailiwick-dev/bailiwick/policy/watch"
	"github.com/bailiwick-dev/bailiwick/webhook"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

func newServe(io stdio) *cobra.Command {
	flags := defaultConfig()
	var file string
	cmd := &cobra.Command{
		Use:   "serve (--policy-dir DIR | --kubeconfig FILE | --in-cluster) (--cert-dir DIR | --cert-secret NS/NAME | --self-signed) (--client-ca FILE | --insecure-no-client-auth)",
		Short: "Answer kube-apiserver's authorization and admission webhooks",
		Example: `  # on a laptop
  bailiwick serve --policy-dir examples/policy --self-signed --cert-out .run --insecure-no-client-auth

  # beside the kube-apiserver of a managed cluster
  bailiwick serve --policy-dir /etc/bailiwick/policy --cluster SveltosCluster:gke/production \
    --cert-dir /etc/bailiwick/tls --client-ca /etc/bailiwick/client-ca.crt

  # as a pod: certificate and CA are kept in a Secret, and rotate
  bailiwick serve --in-cluster --listen :9443 --cert-secret bailiwick-system/bailiwick-serving \
    --cert-names bailiwick.bailiwick-system.svc --client-ca /etc/bailiwick/client-ca.crt

  # beside a kube-apiserver, with the policy of the management cluster, which it may only read
  bailiwick serve --kubeconfig /etc/bailiwick/kubeconfig --policy-kubeconfig /etc/bailiwick/management.kubeconfig \
    --state-dir /var/lib/bailiwick --cluster SveltosCluster:gke/production \
    --cert-dir /etc/bailiwick/tls --client-ca /etc/bailiwick/client-ca.crt`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := readConfig(file, cmd.Flags(), &flags)
			if err != nil {
				return err
			}
			setup, err := check(c)
			if err != nil {
				return err
			}
			return serve(cmd.Context(), io, c, setup)
		},
	}
	for _, o := range serveOptions {
		o.register(cmd.Flags(), &flags)
	}
	cmd.Flags().StringVar(&file, "config", "", "`FILE` with the same words as these flags (kind ServerConfiguration); flags win")
	return cmd
}

// serve wires the parts and runs them until the context ends.
func serve(ctx context.Context, io stdio, c *config, s *setup) error {
	log := slog.New(slog.NewTextHandler(io.err, nil))
	ctrl.SetLogger(logr.FromSlogHandler(log.Handler())) // the certificate watcher logs through it

	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	from, err := openSource(c, registry, log)
	if err != nil {
		return err
	}
	feed := newFeed(from, s.policy, registry, log)
	var debug http.Handler
	if c.DebugPolicy {
		debug = newDebugPage(feed) // before the first snapshot, of which it is told
	}
	registration := newRegistration(c, s, feed, registry, log)
	conditions := newConditions(c, feed, log)
	serving, err := servingCertificate(c, s, newRotation(c, s, registration, registry, log))
	if err != nil {
		return err
	}
	registry.MustRegister(&certificateEnds{serving, s.clients})
	// An API server that does not answer yet may do so later: until then nothing is ready.
	if err := feed.start(); err != nil && !errors.Is(err, watch.ErrStarting) {
		return broken("--policy-dir takes a directory of policy YAML, as examples/policy", "%w", err)
	}
	server := newServer(c, s, feed, registry, log)
	server.Debug = debug
	secure(server, serving, s.clients)
	if err := openListeners(server, c); err != nil {
		return err
	}
	log.Info("serving", "version", buildVersion(), "cluster", s.policy.Self.String(),
		"webhooks", "https://"+server.Listener.Addr().String(), "metrics", "http://"+server.MetricsListener.Addr().String())
	if c.InsecureNoClientAuth {
		log.Warn("anybody who reaches the port may ask: --insecure-no-client-auth")
	}
	beside := []func(context.Context) error{serving.Run, feed.follow}
	if registration != nil {
		beside = append(beside, registration.Run)
	}
	if conditions != nil {
		beside = append(beside, conditions.Run)
	}
	if s.clients != nil {
		beside = append(beside, s.clients.Run)
	}
	if err := together(ctx, server.Run, beside...); err != nil {
		return failed("", err)
	}
	log.Info("stopped")
	return nil
}

// newServer answers from what the feed has.
func newServer(c *config, s *setup, feed *feed, registry *prometheus.Registry, log *slog.Logger) *webhook.Server {
	routes := &webhook.Routes{
		Authorizer: authorizer.New(feed, authorizer.Options{Templates: s.templates, Hierarchy: s.hierarchy, Compared: countCompared(registry)}),
		Guards:     admit.Guards(),
		Modes:      s.modes,
		Snapshots:  feed,
		Metrics:    webhook.NewMetrics(registry),
		Log:        log,
	}
	return &webhook.Server{
		TLS:     &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}},
		Handler: routes.Handler(),
		Metrics: promhttp.HandlerFor(registry, promhttp.HandlerOpts{}),
		Ready:   feed.ready,
		Drain:   c.Drain.Duration,
		Log:     log,
	}
}

// openListeners opens both listeners, or none.
func openListeners(server *webhook.Server, c *config) (err error) {
	if server.Listener, err = listen("listen", c.Listen); err != nil {
		return err
	}
	if server.MetricsListener, err = listen("metrics-listen", c.MetricsListen); err != nil {
		return errors.Join(err, server.Listener.Close())
	}
	return nil
}

func listen(flag, address string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, failed(fmt.Sprintf("choose another address with --%s, or stop what listens there", flag), err)
	}
	return l, nil
}
