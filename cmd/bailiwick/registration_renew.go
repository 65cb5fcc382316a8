package main

import (
	"context"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	admissionclient "k8s.io/client-go/kubernetes/typed/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// anyRegistration are the configurations that are kept up to date, or were until they were unregistered.
var anyRegistration = metav1.ListOptions{LabelSelector: admit.RegistrationLabel}

// renew brings what an earlier server has registered to what this one would register: guards that are new or no longer
// wanted, rules of another version, what was unregistered. It is done once after a start: during an upgrade two versions
// run, and if each insisted they would never stop.
func (r *registration) renew(ctx context.Context, api admissionclient.AdmissionregistrationV1Interface, snap *policy.Snapshot) error {
	if r.renewed || !r.creating(snap) {
		return nil
	}
	found, err := listConfigurations(ctx, api, anyRegistration, mutatingKind, validatingKind)
	if err != nil {
		return err
	}
	wanted := map[string]*configuration{}
	for _, w := range r.wanted(snap) {
		wanted[w.kind+w.Name] = w
	}
	var errs []error
	for _, c := range found {
		want := wanted[c.kind+c.Name]
		if want == nil {
			continue
		}
		c.take(want)
		c.Labels[admit.RegistrationLabel] = admit.Reconciled
		if err := c.update(ctx, api); err != nil && !apierrors.IsNotFound(err) {
			errs = append(errs, fmt.Errorf("updating webhook configuration %q: %w", c.Name, err))
		}
	}
	err = errors.Join(errs...)
	r.renewed = err == nil
	return err
}
