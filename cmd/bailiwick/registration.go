package main

import (
	"context"
	"log/slog"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	admissionclient "k8s.io/client-go/kubernetes/typed/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// registration keeps the webhooks that are registered with an API server up to date: with the policy in force, since
// some guards are told only of what the policy names, and with the authorities of the serving certificate, when the
// server makes it itself. It changes configurations that carry our label, and in them only which writes the webhooks are
// told of, and their CA.
type registration struct {
	// connect makes a client. It is called each time, since a kubeconfig may have been renewed.
	connect   func() (admissionclient.AdmissionregistrationV1Interface, error)
	guards    []admit.Guard
	snapshots policy.Holder
	// create says how a guard is reached, and lets configurations be made when there are none. Nil: they are made by
	// somebody else.
	create  reach
	creates []admit.Guard // for these guards
	renewed bool          // what was there at the start
	// certified says that the server makes its certificate itself, so that CAs are kept up to date, too.
	certified bool
	changes   chan struct{}
	log       *slog.Logger
	stale     prometheus.Gauge

	mu     sync.Mutex // one comparison at a time
	bundle []byte     // what was published last, for configurations that are made; nil: nothing was
}

// registers says whether there is anything to keep up to date: not when the cluster that is served is unknown, nor when
// its webhooks are to be left alone.
func registers(c *config) bool {
	return !c.LeaveWebhooks && (c.Kubeconfig != "" || c.InCluster || c.CertSecret != "")
}

// newRegistration is nil when there is nothing to keep up to date.
func newRegistration(c *config, s *setup, f *feed, reg prometheus.Registerer, log *slog.Logger) *registration {
	if !registers(c) {
		return nil
	}
	connect := func() (admissionclient.AdmissionregistrationV1Interface, error) { return admissionClient(c.Kubeconfig) }
	r := registrationWith(connect, f, reg, log)
	r.certified, r.create, r.creates = c.CertSecret != "", s.reached, s.registerGuards
	f.told = append(f.told, func(*policy.Snapshot, *policy.Bundle, []policy.Problem) { r.changed() })
	return r
}

func registrationWith(connect func() (admissionclient.AdmissionregistrationV1Interface, error), snapshots policy.Holder, reg prometheus.Registerer, log *slog.Logger) *registration {
	r := &registration{connect: connect, guards: admit.Guards(), creates: admit.Guards(), snapshots: snapshots, changes: make(chan struct{}, 1), log: log}
	r.stale = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "bailiwick_registration_stale",
		Help: "1 while the registered webhooks cannot be brought up to date with the policy in force.",
	})
	reg.MustRegister(r.stale)
	return r
}

// changed makes it compare soon.
func (r *registration) changed() { trySend(r.changes) }

// Run compares whenever something has changed, and from time to time, until the context ends. It never fails: what is
// registered stays in force meanwhile.
func (r *registration) Run(ctx context.Context) error {
	go r.followRegistered(ctx, r.changed)
	(&upkeep{
		do: r.tell, changes: r.changes, log: r.log,
		failing: "webhooks cannot be registered as they are needed, what is registered stays in force",
		again:   "webhooks are registered as they are needed again",
	}).run(ctx)
	return nil
}

// tell reconciles, and tells in the metric whether that failed.
func (r *registration) tell(ctx context.Context) error {
	err := r.reconcile(ctx, nil)
	r.stale.Set(0)
	if err != nil {
		r.stale.Set(1)
	}
	return err
}
