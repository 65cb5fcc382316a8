package main

import (
	"context"
	"errors"
	"fmt"

	admissionregv1 "k8s.io/api/admissionregistration/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	admissionclient "k8s.io/client-go/kubernetes/typed/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// anyRegistration are the configurations that are kept up to date, or were until they were unregistered.
var anyRegistration = metav1.ListOptions{LabelSelector: admit.RegistrationLabel}

// renew brings what an earlier server has registered to what this one would register: guards that are new or no longer
// wanted, rules of another version, what was unregistered. It is done once after a start: during an upgrade two versions
// run, and if each insisted they would never stop.
func (r *registration) renew(ctx context.Context, api admissionclient.AdmissionregistrationV1Interface) error {
	snap := r.snapshots.Load()
	if r.renewed || r.create == nil || r.bundle == nil || snap == nil {
		return nil
	}
	mutating, validating := admit.Configurations(r.creates, snap, r.reached)
	err := errors.Join(renewMutating(ctx, api.MutatingWebhookConfigurations(), mutating), renewValidating(ctx, api.ValidatingWebhookConfigurations(), validating))
	r.renewed = err == nil
	return err
}

func renewMutating(ctx context.Context, api admissionclient.MutatingWebhookConfigurationInterface, want *admissionregv1.MutatingWebhookConfiguration) error {
	list, err := api.List(ctx, anyRegistration)
	if err != nil {
		return fmt.Errorf("listing webhook configurations: %w", err)
	}
	for i := range list.Items {
		c := &list.Items[i]
		if c.Name != want.Name {
			continue
		}
		c.Labels[admit.RegistrationLabel], c.Webhooks = admit.Reconciled, want.Webhooks
		if _, err := api.Update(ctx, c, metav1.UpdateOptions{}); err != nil && !apierrors.IsNotFound(err) {
			return fmt.Errorf("updating webhook configuration %q: %w", c.Name, err)
		}
	}
	return nil
}

func renewValidating(ctx context.Context, api admissionclient.ValidatingWebhookConfigurationInterface, want *admissionregv1.ValidatingWebhookConfiguration) error {
	list, err := api.List(ctx, anyRegistration)
	if err != nil {
		return fmt.Errorf("listing webhook configurations: %w", err)
	}
	for i := range list.Items {
		c := &list.Items[i]
		if c.Name != want.Name {
			continue
		}
		c.Labels[admit.RegistrationLabel], c.Webhooks = admit.Reconciled, want.Webhooks
		if _, err := api.Update(ctx, c, metav1.UpdateOptions{}); err != nil && !apierrors.IsNotFound(err) {
			return fmt.Errorf("updating webhook configuration %q: %w", c.Name, err)
		}
	}
	return nil
}
