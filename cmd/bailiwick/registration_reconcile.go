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
		if err := r.renew(ctx, api); err != nil {
			return err
		}
		return errors.Join(r.reconcileValidating(ctx, api.ValidatingWebhookConfigurations(), bundle), r.reconcileMutating(ctx, api.MutatingWebhookConfigurations(), bundle))
	})
}

func (r *registration) reconcileValidating(ctx context.Context, api admissionclient.ValidatingWebhookConfigurationInterface, bundle []byte) error {
	snap := r.snapshots.Load()
	list, err := api.List(ctx, labelled)
	if err != nil {
		return fmt.Errorf("listing webhook configurations: %w", err)
	}
	var errs []error
	for i := range list.Items {
		want, differs := list.Items[i].DeepCopy(), false
		if snap != nil { // else nothing is known yet, and less would be guarded
			want, differs = admit.Reconcile(want, r.guards, snap)
		}
		for j := range want.Webhooks {
			differs = r.trust(&want.Webhooks[j].ClientConfig, bundle) || differs
		}
		if differs {
			_, err := api.Update(ctx, want, metav1.UpdateOptions{})
			errs = append(errs, r.updated(want.Name, len(want.Webhooks), err))
		}
	}
	if r.creating(snap, len(list.Items)) {
		_, want := admit.Configurations(r.creates, snap, r.reached)
		_, err := api.Create(ctx, want, metav1.CreateOptions{})
		errs = append(errs, r.created(want.Kind, len(want.Webhooks), err))
	}
	return errors.Join(errs...)
}

// reconcileMutating cares only for trust: what guards that change objects are told of does not depend on the policy.
func (r *registration) reconcileMutating(ctx context.Context, api admissionclient.MutatingWebhookConfigurationInterface, bundle []byte) error {
	if r.bundle == nil {
		return nil
	}
	snap := r.snapshots.Load()
	list, err := api.List(ctx, labelled)
	if err != nil {
		return fmt.Errorf("listing webhook configurations: %w", err)
	}
	var errs []error
	for i := range list.Items {
		want, differs := &list.Items[i], false
		for j := range want.Webhooks {
			differs = r.trust(&want.Webhooks[j].ClientConfig, bundle) || differs
		}
		if differs {
			_, err := api.Update(ctx, want, metav1.UpdateOptions{})
			errs = append(errs, r.updated(want.Name, len(want.Webhooks), err))
		}
	}
	if r.creating(snap, len(list.Items)) {
		if want, _ := admit.Configurations(r.creates, snap, r.reached); len(want.Webhooks) > 0 {
			_, err := api.Create(ctx, want, metav1.CreateOptions{})
			errs = append(errs, r.created(want.Kind, len(want.Webhooks), err))
		}
	}
	return errors.Join(errs...)
}

func (r *registration) updated(name string, webhooks int, err error) error {
	if err != nil {
		return fmt.Errorf("updating webhook configuration %q: %w", name, err)
	}
	r.log.Info("registered webhooks are up to date", "configuration", name, "webhooks", webhooks)
	return nil
}

// creating says whether a configuration is to be made. Without a certificate to answer with, none is.
func (r *registration) creating(snap *policy.Snapshot, registered int) bool {
	return r.create != nil && r.bundle != nil && snap != nil && registered == 0
}

// created is told of a configuration that was made. One of this name without our label is somebody else's.
func (r *registration) created(kind string, webhooks int, err error) error {
	switch {
	case apierrors.IsAlreadyExists(err):
		return nil
	case err != nil:
		return fmt.Errorf("registering webhooks: %w", err)
	}
	r.log.Info("registered the webhooks", "kind", kind, "webhooks", webhooks)
	return nil
}

// reached is how a guard is reached, and what it is to be trusted by.
func (r *registration) reached(path string) admissionregv1.WebhookClientConfig {
	c := r.create(path)
	c.CABundle = r.bundle
	return c
}

// trust puts a bundle into a webhook of ours, and says whether that changes it.
func (r *registration) trust(c *admissionregv1.WebhookClientConfig, bundle []byte) bool {
	if bundle == nil || !admit.Asked(r.guards, c) || bytes.Equal(c.CABundle, bundle) {
		return false
	}
	c.CABundle = bundle
	return true
}
