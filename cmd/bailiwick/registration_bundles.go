package main

import (
	"context"
	"fmt"

	admissionregv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// labelled are the configurations that are kept up to date.
var labelled = metav1.ListOptions{LabelSelector: admit.RegistrationLabel + "=" + admit.Reconciled}

// Publish makes every webhook of ours trust a bundle. Only who has just read what is to be trusted does it: a replica
// that goes by what it once knew would take out what others have put in.
func (r *registration) Publish(ctx context.Context, bundle []byte) error {
	return r.reconcile(ctx, bundle)
}

// Held is what the registered webhooks of ours trust.
func (r *registration) Held(ctx context.Context) ([][]byte, error) {
	hooks, err := r.registered(ctx)
	var held [][]byte
	for _, h := range hooks {
		held = append(held, h.client.CABundle)
	}
	return held, err
}

// registeredHook is one webhook that asks a guard.
type registeredHook struct {
	configuration, name string
	client              *admissionregv1.WebhookClientConfig
}

// registered are the webhooks of ours in configurations that carry our label, those that change objects first.
func (r *registration) registered(ctx context.Context) ([]registeredHook, error) {
	api, err := r.connect()
	if err != nil {
		return nil, err
	}
	mutating, err := api.MutatingWebhookConfigurations().List(ctx, labelled)
	if err != nil {
		return nil, fmt.Errorf("listing webhook configurations: %w", err)
	}
	validating, err := api.ValidatingWebhookConfigurations().List(ctx, labelled)
	if err != nil {
		return nil, fmt.Errorf("listing webhook configurations: %w", err)
	}
	var hooks []registeredHook
	add := func(configuration, name string, c *admissionregv1.WebhookClientConfig) {
		if admit.Asked(r.guards, c) {
			hooks = append(hooks, registeredHook{configuration, name, c})
		}
	}
	for i := range mutating.Items {
		for j := range mutating.Items[i].Webhooks {
			w := &mutating.Items[i].Webhooks[j]
			add(mutating.Items[i].Name, w.Name, &w.ClientConfig)
		}
	}
	for i := range validating.Items {
		for j := range validating.Items[i].Webhooks {
			w := &validating.Items[i].Webhooks[j]
			add(validating.Items[i].Name, w.Name, &w.ClientConfig)
		}
	}
	return hooks, nil
}
