package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	admissionregv1 "k8s.io/api/admissionregistration/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	admissionclient "k8s.io/client-go/kubernetes/typed/admissionregistration/v1"
	"k8s.io/client-go/util/retry"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// labelled are the configurations that are kept up to date.
var labelled = metav1.ListOptions{LabelSelector: admit.RegistrationLabel + "=" + admit.Reconciled}

// reconcile makes the configurations what they should be now, and makes their webhooks trust a bundle; nil leaves that
// as it is. When another replica was faster it looks again.
func (r *registration) reconcile(ctx context.Context, bundle []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if bundle != nil {
		r.bundle = bundle
	}
	ctx, cancel := context.WithTimeout(ctx, compareTakes)
	defer cancel()
	api, err := r.connect()
	if err != nil {
		return err
	}
	return retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		snap := r.snapshots.Load()
		if err := r.renew(ctx, api, snap); err != nil {
			return err
		}
		errs := []error{r.compare(ctx, api, validatingKind, snap, bundle)}
		if r.bundle != nil { // of the others nothing but trust is looked at
			errs = append(errs, r.compare(ctx, api, mutatingKind, snap, bundle))
		}
		return errors.Join(errs...)
	})
}

// compare brings the configurations of one kind up to date, or makes one.
func (r *registration) compare(ctx context.Context, api admissionclient.AdmissionregistrationV1Interface, kind string, snap *policy.Snapshot, bundle []byte) error {
	found, err := listConfigurations(ctx, api, labelled, kind)
	if err != nil {
		return err
	}
	var errs []error
	for _, c := range found {
		if r.correct(c, snap, bundle) {
			errs = append(errs, r.updated(c, c.update(ctx, api)))
		}
	}
	if len(found) == 0 && r.creating(snap) {
		for _, c := range r.wanted(snap) {
			if c.kind == kind && len(c.clients()) > 0 {
				errs = append(errs, r.created(c, c.create(ctx, api)))
			}
		}
	}
	return errors.Join(errs...)
}

// correct makes a configuration what it should be, and says whether that changes it. What guards that change objects are
// told of does not depend on the policy.
func (r *registration) correct(c *configuration, snap *policy.Snapshot, bundle []byte) (differs bool) {
	if c.validating != nil && snap != nil { // else nothing is known yet, and less would be guarded
		var want *admissionregv1.ValidatingWebhookConfiguration
		want, differs = admit.Reconcile(c.validating, r.guards, snap)
		c.validating.Webhooks = want.Webhooks
	}
	for _, client := range c.clients() {
		differs = r.trust(client, bundle) || differs
	}
	return differs
}

// trust puts a bundle into a webhook of ours, and says whether that changes it.
func (r *registration) trust(c *admissionregv1.WebhookClientConfig, bundle []byte) bool {
	if bundle == nil || !admit.Asked(r.guards, c) || bytes.Equal(c.CABundle, bundle) {
		return false
	}
	c.CABundle = bundle
	return true
}

func (r *registration) updated(c *configuration, err error) error {
	if err != nil {
		return fmt.Errorf("updating webhook configuration %q: %w", c.Name, err)
	}
	r.log.Info("registered webhooks are up to date", "configuration", c.Name, "webhooks", len(c.clients()))
	return nil
}

// creating says whether configurations are made. Without a certificate to answer with, none is.
func (r *registration) creating(snap *policy.Snapshot) bool {
	return r.create != nil && r.bundle != nil && snap != nil
}

// wanted are the configurations as they are made.
func (r *registration) wanted(snap *policy.Snapshot) []*configuration {
	return both(admit.Configurations(r.creates, snap, r.create.trusting(r.bundle)))
}

// created is told of a configuration that was made. One of this name without our label is somebody else's.
func (r *registration) created(c *configuration, err error) error {
	switch {
	case apierrors.IsAlreadyExists(err):
		return nil
	case err != nil:
		return fmt.Errorf("registering webhooks: %w", err)
	}
	r.log.Info("registered the webhooks", "kind", c.kind, "webhooks", len(c.clients()))
	return nil
}
