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
	found, err := listConfigurations(ctx, d.api.AdmissionregistrationV1(), metav1.ListOptions{}, mutatingKind, validatingKind)
	if err != nil {
		say(statusError, "", err.Error(), "who looks needs the right to list webhook configurations")
		return
	}
	for _, c := range found {
		d.see(c, say)
		if c.validating == nil || d.snap == nil {
			continue
		}
		if _, differs := admit.Reconcile(c.validating, admit.Guards(), d.snap); differs {
			say(statusError, c.kind+" "+c.Name, "names what another policy names", "a server that follows the cluster brings it up to date: look at bailiwick_registration_stale and its log")
		}
	}
	if len(d.hooks) == 0 {
		say(statusError, "", "no webhook asks a guard: nothing is guarded", "install the chart, start the server with --register, or bailiwick gen webhook-config | kubectl apply -f -")
		return
	}
	d.compareGuards(say)
}

// see takes note of the webhooks of a configuration that ask a guard, and looks for what would lock the cluster.
func (d *doctor) see(c *configuration, say saying) {
	before := len(d.hooks)
	for _, w := range c.hooks() {
		if admit.Asked(admit.Guards(), &w.ClientConfig) {
			d.hooks = append(d.hooks, hookSeen{c.kind, c.Name, w})
		}
	}
	if len(d.hooks) == before {
		return
	}
	name := c.kind + " " + c.Name
	if c.Labels[admit.RegistrationLabel] != admit.Reconciled {
		say(statusWarn, name, "nobody keeps it up to date", fmt.Sprintf("unless you do: kubectl label %s %s %s=%s", c.kind, c.Name, admit.RegistrationLabel, admit.Reconciled))
	}
	raw, err := json.Marshal(c.object())
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
		missing, differs := 0, 0
		wanted := wantedHooks(g, d.snap)
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

// wantedHooks are the webhooks of a guard as they should be, wherever they lead.
func wantedHooks(g admit.Guard, snap *policy.Snapshot) []hookSeen {
	anywhere := func(string) admissionregv1.WebhookClientConfig { return admissionregv1.WebhookClientConfig{} }
	var wanted []hookSeen
	for _, c := range both(admit.Configurations([]admit.Guard{g}, snap, anywhere)) {
		for _, w := range c.hooks() {
			wanted = append(wanted, hookSeen{kind: c.kind, ValidatingWebhook: w})
		}
	}
	return wanted
}
