package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	admissionregv1 "k8s.io/api/admissionregistration/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	admissionclient "k8s.io/client-go/kubernetes/typed/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// How often registered webhooks are compared although the policy has not changed, since others write them too, and how
// soon it is tried again after it failed.
const (
	compareEvery = time.Minute
	tryAgain     = 2 * time.Second
)

// registration keeps the webhooks that are registered with an API server up to date with the policy in force: some
// guards are told only of what the policy names. It changes validating configurations that carry our label, and in them
// only which writes the webhooks are told of.
type registration struct {
	// connect makes a client. It is called each time, since a kubeconfig may have been renewed.
	connect   func() (admissionclient.AdmissionregistrationV1Interface, error)
	guards    []admit.Guard
	snapshots policy.Holder
	// create says how a guard is reached, and lets both configurations be made when there are none. Nil: they are made by
	// somebody else.
	create func(path string) admissionregv1.WebhookClientConfig
	log    *slog.Logger
	stale  prometheus.Gauge
}

func newRegistration(connect func() (admissionclient.AdmissionregistrationV1Interface, error), snapshots policy.Holder, reg prometheus.Registerer, log *slog.Logger) *registration {
	r := &registration{connect: connect, guards: admit.Guards(), snapshots: snapshots, log: log}
	r.stale = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "bailiwick_registration_stale",
		Help: "1 while the registered webhooks cannot be brought up to date with the policy in force.",
	})
	reg.MustRegister(r.stale)
	return r
}

// Run compares whenever something was sent, and from time to time, until the context ends. It never fails: what is
// registered stays in force meanwhile.
func (r *registration) Run(ctx context.Context, changes <-chan struct{}) error {
	failing := false
	for {
		wait := compareEvery
		err := r.reconcile(ctx)
		r.stale.Set(0)
		if err != nil {
			wait = tryAgain
			r.stale.Set(1)
		}
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil && !failing:
			r.log.Error("webhooks cannot be registered as the policy needs them, what is registered stays in force", "error", err)
		case err == nil && failing:
			r.log.Info("webhooks are registered as the policy needs them again")
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return nil
		case <-changes:
		case <-time.After(wait):
		}
	}
}

// reconcile makes the configurations what they should be now.
func (r *registration) reconcile(ctx context.Context) error {
	snap := r.snapshots.Load()
	if snap == nil {
		return nil // nothing is known yet, and less would be guarded
	}
	api, err := r.connect()
	if err != nil {
		return err
	}
	list, err := api.ValidatingWebhookConfigurations().List(ctx, metav1.ListOptions{LabelSelector: admit.RegistrationLabel + "=" + admit.Reconciled})
	if err != nil {
		return fmt.Errorf("listing webhook configurations: %w", err)
	}
	if len(list.Items) == 0 && r.create != nil {
		return r.register(ctx, api, snap)
	}
	var errs []error
	for i := range list.Items {
		want, differs := admit.Reconcile(&list.Items[i], r.guards, snap)
		if !differs {
			continue
		}
		if _, err := api.ValidatingWebhookConfigurations().Update(ctx, want, metav1.UpdateOptions{}); err != nil {
			errs = append(errs, fmt.Errorf("updating webhook configuration %q: %w", want.Name, err))
			continue
		}
		r.log.Info("registered webhooks follow the policy", "configuration", want.Name, "webhooks", len(want.Webhooks))
	}
	return errors.Join(errs...)
}

// register makes the configurations. One that is there is left alone.
func (r *registration) register(ctx context.Context, api admissionclient.AdmissionregistrationV1Interface, snap *policy.Snapshot) error {
	mutating, validating := admit.Configurations(r.guards, snap, r.create)
	if _, err := api.MutatingWebhookConfigurations().Create(ctx, mutating, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("registering webhooks that change objects: %w", err)
	}
	if _, err := api.ValidatingWebhookConfigurations().Create(ctx, validating, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("registering webhooks that judge objects: %w", err)
	}
	r.log.Info("registered the webhooks", "configuration", validating.Name)
	return nil
}
