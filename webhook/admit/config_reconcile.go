package admit

import (
	"slices"
	"strings"

	admissionregv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/api/equality"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// A webhook configuration that carries this label with the first value is kept up to date with the policy; any other is
// left alone. The second marks one that had webhooks until they were unregistered.
const (
	RegistrationLabel = "bailiwick.dev/registration"
	Reconciled        = "reconciled"
	Unregistered      = "unregistered"
)

// RegistrationName is the name of both configurations that Configurations makes.
const RegistrationName = "bailiwick"

// Reconcile is a validating configuration as it should be for a policy. Only webhooks of guards that depend on the
// policy change, and of these only which writes they are told of: where they are reached and what happens when they are
// not stays as it was chosen. A guard that has no webhook there was not wanted there. The second result says whether
// anything differs.
func Reconcile(registered *admissionregv1.ValidatingWebhookConfiguration, guards []Guard, snap *policy.Snapshot) (*admissionregv1.ValidatingWebhookConfiguration, bool) {
	want := registered.DeepCopy()
	for _, g := range guards {
		if g.Narrow == nil {
			continue
		}
		at := slices.IndexFunc(want.Webhooks, g.owns)
		if at < 0 {
			continue
		}
		mine := g.narrowed(want.Webhooks[at], snap)
		rest := slices.DeleteFunc(slices.Clone(want.Webhooks), g.owns)
		want.Webhooks = slices.Insert(rest, at, mine...)
	}
	return want, !equality.Semantic.DeepEqual(registered.Webhooks, want.Webhooks)
}

// owns says whether a webhook asks this guard, by the path that it asks.
func (g Guard) owns(w admissionregv1.ValidatingWebhook) bool {
	return asks(&w.ClientConfig, g.ValidatePath())
}

// Asked says whether a webhook asks any of the guards, about objects or to change them.
func Asked(guards []Guard, c *admissionregv1.WebhookClientConfig) bool {
	return slices.ContainsFunc(guards, func(g Guard) bool { return asks(c, g.ValidatePath()) || asks(c, g.MutatePath()) })
}

func asks(c *admissionregv1.WebhookClientConfig, want string) bool {
	var path string
	switch {
	case c.URL != nil:
		path = *c.URL
	case c.Service != nil && c.Service.Path != nil:
		path = *c.Service.Path
	}
	path, _, _ = strings.Cut(path, "?")
	return strings.HasSuffix(path, want)
}
