package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	admissionregv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
	"github.com/bailiwick-dev/bailiwick/webhook/apiserver"
)

// hookSeen is a webhook of either kind that asks a guard.
type hookSeen struct {
	kind, configuration string
	admissionregv1.ValidatingWebhook
}

func (h *hookSeen) object() string { return h.kind + " " + h.configuration }

// checkRegistration compares what is registered with what it should be.
func (d *doctor) checkRegistration(ctx context.Context, say saying) {
	api := d.api.AdmissionregistrationV1()
	mutating, err := api.MutatingWebhookConfigurations().List(ctx, metav1.ListOptions{})
	if err != nil {
		say(statusError, "", err.Error(), "who looks needs the right to list webhook configurations")
		return
	}
	validating, err := api.ValidatingWebhookConfigurations().List(ctx, metav1.ListOptions{})
	if err != nil {
		say(statusError, "", err.Error(), "who looks needs the right to list webhook configurations")
		return
	}
	for i := range mutating.Items {
		c := &mutating.Items[i]
		c.TypeMeta = metav1.TypeMeta{APIVersion: admissionregv1.SchemeGroupVersion.String(), Kind: "MutatingWebhookConfiguration"}
		d.see(c, c.TypeMeta, &c.ObjectMeta, hooksOf(c), say)
	}
	for i := range validating.Items {
		c := &validating.Items[i]
		c.TypeMeta = metav1.TypeMeta{APIVersion: admissionregv1.SchemeGroupVersion.String(), Kind: "ValidatingWebhookConfiguration"}
		d.see(c, c.TypeMeta, &c.ObjectMeta, c.Webhooks, say)
		if d.snap == nil {
			continue
		}
		if _, differs := admit.Reconcile(c, admit.Guards(), d.snap); differs {
			say(statusError, c.Kind+" "+c.Name, "names what another policy names", "a server that follows the cluster brings it up to date: look at bailiwick_registration_stale and its log")
		}
	}
	if len(d.hooks) == 0 {
		say(statusError, "", "no webhook asks a guard: nothing is guarded", "install the chart, start the server with --register, or bailiwick gen webhook-config | kubectl apply -f -")
		return
	}
	d.compareGuards(say)
}

// hooksOf are the webhooks of a configuration, without what only those have that change objects.
func hooksOf(c *admissionregv1.MutatingWebhookConfiguration) []admissionregv1.ValidatingWebhook {
	var hooks []admissionregv1.ValidatingWebhook
	for i := range c.Webhooks {
		w := &c.Webhooks[i]
		hooks = append(hooks, admissionregv1.ValidatingWebhook{Name: w.Name, ClientConfig: w.ClientConfig, Rules: w.Rules, FailurePolicy: w.FailurePolicy})
	}
	return hooks
}

// see takes note of the webhooks of a configuration that ask a guard, and looks for what would lock the cluster.
func (d *doctor) see(object any, kind metav1.TypeMeta, meta *metav1.ObjectMeta, hooks []admissionregv1.ValidatingWebhook, say saying) {
	before := len(d.hooks)
	for i := range hooks {
		if admit.Asked(admit.Guards(), &hooks[i].ClientConfig) {
			d.hooks = append(d.hooks, hookSeen{kind.Kind, meta.Name, hooks[i]})
		}
	}
	if len(d.hooks) == before {
		return
	}
	name := kind.Kind + " " + meta.Name
	if meta.Labels[admit.RegistrationLabel] != admit.Reconciled {
		say(statusWarn, name, "nobody keeps it up to date", fmt.Sprintf("unless you do: kubectl label %s %s %s=%s", kind.Kind, meta.Name, admit.RegistrationLabel, admit.Reconciled))
	}
	raw, err := json.Marshal(object)
	if err != nil {
		panic(fmt.Sprintf("encoding a webhook configuration: %v", err)) // it came as JSON
	}
	found, _ := apiserver.Judge(raw, policy.Position{}, time.Now())
	for _, f := range found {
		status := statusWarn
		if f.Severity == policy.Error {
			status = statusError
		}
		say(status, name, f.Path+": "+f.Message, f.Hint)
	}
}

// compareGuards compares what each guard is told of with what it judges.
func (d *doctor) compareGuards(say saying) {
	const anew = "bailiwick gen webhook-config writes it as it should be"
	registered := map[string]*hookSeen{}
	for i := range d.hooks {
		registered[d.hooks[i].kind+d.hooks[i].Name] = &d.hooks[i]
	}
	for _, g := range admit.Guards() {
		m, v := admit.Configurations([]admit.Guard{g}, d.snap, func(string) admissionregv1.WebhookClientConfig { return admissionregv1.WebhookClientConfig{} })
		missing, differs := 0, 0
		wanted := append(wantedHooks(m.Kind, hooksOf(m)), wantedHooks(v.Kind, v.Webhooks)...)
		for _, w := range wanted {
			is := registered[w.kind+w.Name]
			switch {
			case is == nil:
				missing++
			case !equality.Semantic.DeepEqual(is.Rules, w.Rules):
				differs++
				say(statusError, is.object(), "webhook "+is.Name+" is told of other writes than the guard judges", anew)
			case *w.FailurePolicy == admissionregv1.Fail && is.FailurePolicy != nil && *is.FailurePolicy == admissionregv1.Ignore:
				differs++
				say(statusWarn, is.object(), "webhook "+is.Name+" lets every write pass while the server is down", "that is failurePolicy Ignore: is it meant?")
			}
		}
		switch {
		case missing == len(wanted):
			say(statusWarn, "guard "+g.Name, "is not registered, so nothing of what it judges is looked at", "is it meant? "+anew)
		case missing > 0 && g.Narrow == nil:
			say(statusError, "guard "+g.Name, fmt.Sprintf("%d of its %d webhooks are missing", missing, len(wanted)), anew)
		case differs == 0:
			say(statusOK, "guard "+g.Name, "is registered as it should be", "")
		}
	}
}

func wantedHooks(kind string, hooks []admissionregv1.ValidatingWebhook) []hookSeen {
	var wanted []hookSeen
	for i := range hooks {
		wanted = append(wanted, hookSeen{kind: kind, ValidatingWebhook: hooks[i]})
	}
	return wanted
}
