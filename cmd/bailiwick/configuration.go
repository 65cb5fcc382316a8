package main

import (
	"context"
	"fmt"

	admissionregv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	admissionclient "k8s.io/client-go/kubernetes/typed/admissionregistration/v1"
)

// The two kinds of webhook configurations.
const (
	mutatingKind   = "MutatingWebhookConfiguration"
	validatingKind = "ValidatingWebhookConfiguration"
)

// configuration is a webhook configuration of one of the two kinds. The other one is nil.
type configuration struct {
	kind string
	*metav1.ObjectMeta
	mutating   *admissionregv1.MutatingWebhookConfiguration
	validating *admissionregv1.ValidatingWebhookConfiguration
}

func mutatingConfiguration(c *admissionregv1.MutatingWebhookConfiguration) *configuration {
	c.SetGroupVersionKind(admissionregv1.SchemeGroupVersion.WithKind(mutatingKind)) // lists leave it out
	return &configuration{kind: mutatingKind, ObjectMeta: &c.ObjectMeta, mutating: c}
}

func validatingConfiguration(c *admissionregv1.ValidatingWebhookConfiguration) *configuration {
	c.SetGroupVersionKind(admissionregv1.SchemeGroupVersion.WithKind(validatingKind))
	return &configuration{kind: validatingKind, ObjectMeta: &c.ObjectMeta, validating: c}
}

// both takes what admit.Configurations makes.
func both(m *admissionregv1.MutatingWebhookConfiguration, v *admissionregv1.ValidatingWebhookConfiguration) []*configuration {
	return []*configuration{mutatingConfiguration(m), validatingConfiguration(v)}
}

// listConfigurations lists those of some kinds, in the order of these.
func listConfigurations(ctx context.Context, api admissionclient.AdmissionregistrationV1Interface, which metav1.ListOptions, kinds ...string) ([]*configuration, error) {
	var found []*configuration
	for _, kind := range kinds {
		list := listValidating
		if kind == mutatingKind {
			list = listMutating
		}
		more, err := list(ctx, api, which)
		if err != nil {
			return nil, fmt.Errorf("listing webhook configurations: %w", err)
		}
		found = append(found, more...)
	}
	return found, nil
}

func listMutating(ctx context.Context, api admissionclient.AdmissionregistrationV1Interface, which metav1.ListOptions) (found []*configuration, err error) {
	list, err := api.MutatingWebhookConfigurations().List(ctx, which)
	if err != nil {
		return nil, err
	}
	for i := range list.Items {
		found = append(found, mutatingConfiguration(&list.Items[i]))
	}
	return found, nil
}

func listValidating(ctx context.Context, api admissionclient.AdmissionregistrationV1Interface, which metav1.ListOptions) (found []*configuration, err error) {
	list, err := api.ValidatingWebhookConfigurations().List(ctx, which)
	if err != nil {
		return nil, err
	}
	for i := range list.Items {
		found = append(found, validatingConfiguration(&list.Items[i]))
	}
	return found, nil
}

func (c *configuration) create(ctx context.Context, api admissionclient.AdmissionregistrationV1Interface) (err error) {
	if c.mutating != nil {
		_, err = api.MutatingWebhookConfigurations().Create(ctx, c.mutating, metav1.CreateOptions{})
	} else {
		_, err = api.ValidatingWebhookConfigurations().Create(ctx, c.validating, metav1.CreateOptions{})
	}
	return err
}

func (c *configuration) update(ctx context.Context, api admissionclient.AdmissionregistrationV1Interface) (err error) {
	if c.mutating != nil {
		_, err = api.MutatingWebhookConfigurations().Update(ctx, c.mutating, metav1.UpdateOptions{})
	} else {
		_, err = api.ValidatingWebhookConfigurations().Update(ctx, c.validating, metav1.UpdateOptions{})
	}
	return err
}

// take gives it the webhooks of another of its kind.
func (c *configuration) take(other *configuration) {
	if c.mutating != nil {
		c.mutating.Webhooks = other.mutating.Webhooks
	} else {
		c.validating.Webhooks = other.validating.Webhooks
	}
}

// clients say how its webhooks are reached.
func (c *configuration) clients() []*admissionregv1.WebhookClientConfig {
	var clients []*admissionregv1.WebhookClientConfig
	if c.mutating != nil {
		for i := range c.mutating.Webhooks {
			clients = append(clients, &c.mutating.Webhooks[i].ClientConfig)
		}
		return clients
	}
	for i := range c.validating.Webhooks {
		clients = append(clients, &c.validating.Webhooks[i].ClientConfig)
	}
	return clients
}

// hooks are its webhooks, without what only those have that change objects.
func (c *configuration) hooks() []admissionregv1.ValidatingWebhook {
	if c.validating != nil {
		return c.validating.Webhooks
	}
	var hooks []admissionregv1.ValidatingWebhook
	for i := range c.mutating.Webhooks {
		w := &c.mutating.Webhooks[i]
		hooks = append(hooks, admissionregv1.ValidatingWebhook{Name: w.Name, ClientConfig: w.ClientConfig, Rules: w.Rules, FailurePolicy: w.FailurePolicy})
	}
	return hooks
}

// object is the one of the two that is there.
func (c *configuration) object() runtime.Object {
	if c.mutating != nil {
		return c.mutating
	}
	return c.validating
}
