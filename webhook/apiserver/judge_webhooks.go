package apiserver

import (
	"fmt"
	"time"

	admissionregv1 "k8s.io/api/admissionregistration/v1"
	"sigs.k8s.io/json"

	"github.com/bailiwick-dev/bailiwick/policy"
)

const (
	mutatingKind   = "MutatingWebhookConfiguration"
	validatingKind = "ValidatingWebhookConfiguration"
)

// longAdmissionTimeout is what kube-apiserver takes when a webhook says nothing. What is longer is warned of.
const longAdmissionTimeout = 10

var webhookRules = []judged[*registered]{
	{Rule{"webhooks/fields", policy.Error, "A field that kube-apiserver does not know is refused or, worse, left out."}, unknownFields},
	{Rule{"webhooks/duplicate-name", policy.Error, "Webhooks of one configuration need names of their own; kube-apiserver refuses others."}, duplicateNames},
	{Rule{"webhooks/side-effects", policy.Error, "kube-apiserver takes webhooks only with sideEffects None or NoneOnDryRun."}, sideEffects},
	{Rule{"webhooks/timeout-range", policy.Error, "kube-apiserver takes timeouts of 1 to 30 seconds."}, timeoutRange},
	{Rule{"webhooks/everything", policy.Error, "A webhook that fails closed on every resource locks the cluster when it is down."}, everything},
	{Rule{"webhooks/lifeline", policy.Error, "A webhook that fails closed on what a cluster lives from, as all Secrets, locks it when it is down."}, lifeline},
	{Rule{"webhooks/kube-system", policy.Error, "A webhook that fails closed on what pods of kube-system start from keeps the network and DNS down with it."}, kubeSystem},
	{Rule{"webhooks/own-namespace", policy.Error, "A webhook that fails closed on what its own pods start from never comes back once all of them are gone."}, ownNamespace},
	{Rule{"webhooks/ca", policy.Error, "kube-apiserver cannot connect with a caBundle that is not PEM or has expired."}, badCA},
	{Rule{"webhooks/ca-expiring", policy.Warning, "When a caBundle expires, every call of the webhook fails."}, expiringCA},
	{Rule{"webhooks/timeout", policy.Warning, "Each write waits that long while a webhook hangs."}, longTimeout},
	{Rule{"webhooks/match-policy", policy.Warning, "With matchPolicy Exact, a write through another version of the API passes unseen."}, matchPolicy},
}

// registered is a webhook configuration of either kind.
type registered struct {
	hooks   []hook
	unknown []error
	now     time.Time
}

// hook is one webhook. Mutating ones have the same fields and one more, which nothing here depends on.
type hook struct {
	admissionregv1.ValidatingWebhook
	path string
}

func readWebhooks(raw []byte, kind string, now time.Time) *registered {
	if kind == mutatingKind {
		var c admissionregv1.MutatingWebhookConfiguration
		unknown, err := json.UnmarshalStrict(raw, &c)
		return newRegistered(c.Webhooks, fromMutating, unknown, err, now)
	}
	var c admissionregv1.ValidatingWebhookConfiguration
	unknown, err := json.UnmarshalStrict(raw, &c)
	return newRegistered(c.Webhooks, func(w *admissionregv1.ValidatingWebhook) admissionregv1.ValidatingWebhook { return *w }, unknown, err, now)
}

// newRegistered holds what was read. Of a configuration that cannot be read nothing else is said.
func newRegistered[T any](hooks []T, common func(*T) admissionregv1.ValidatingWebhook, unknown []error, err error, now time.Time) *registered {
	if err != nil {
		return &registered{unknown: []error{err}}
	}
	r := &registered{unknown: unknown, now: now}
	for i := range hooks {
		r.hooks = append(r.hooks, hook{common(&hooks[i]), fmt.Sprintf("webhooks[%d]", i)})
	}
	return r
}

func fromMutating(w *admissionregv1.MutatingWebhook) admissionregv1.ValidatingWebhook {
	return admissionregv1.ValidatingWebhook{
		Name: w.Name, ClientConfig: w.ClientConfig, Rules: w.Rules, FailurePolicy: w.FailurePolicy, MatchPolicy: w.MatchPolicy,
		NamespaceSelector: w.NamespaceSelector, ObjectSelector: w.ObjectSelector, SideEffects: w.SideEffects,
		TimeoutSeconds: w.TimeoutSeconds, AdmissionReviewVersions: w.AdmissionReviewVersions, MatchConditions: w.MatchConditions,
	}
}

func (r *registered) each(check func(hook) (note, bool)) []note {
	return each(r.hooks, func(h hook) string { return h.path }, check)
}

func unknownFields(r *registered) []note {
	var notes []note
	for _, err := range r.unknown {
		notes = append(notes, note{"", err.Error(), "correct the field, or leave it out"})
	}
	return notes
}

func duplicateNames(r *registered) []note {
	seen := map[string]bool{}
	return r.each(func(h hook) (note, bool) {
		twice := seen[h.Name]
		seen[h.Name] = true
		return note{".name", fmt.Sprintf("another webhook before it is called %q too", h.Name), "give each a name of its own"}, twice
	})
}

func sideEffects(r *registered) []note {
	return r.each(func(h hook) (note, bool) {
		says := "is missing"
		if h.SideEffects != nil {
			says = fmt.Sprintf("is %s", *h.SideEffects)
			if *h.SideEffects == admissionregv1.SideEffectClassNone || *h.SideEffects == admissionregv1.SideEffectClassNoneOnDryRun {
				return note{}, false
			}
		}
		return note{".sideEffects", says + ", which kube-apiserver refuses", "use None; a webhook that writes elsewhere leaves that out on a dry run, and says NoneOnDryRun"}, true
	})
}

func timeoutRange(r *registered) []note {
	return r.each(func(h hook) (note, bool) {
		return note{".timeoutSeconds", fmt.Sprintf("is %d, and kube-apiserver takes 1 to 30", h.timeout()), "use a few seconds"}, h.timeout() < 1 || h.timeout() > 30
	})
}

func longTimeout(r *registered) []note {
	return r.each(func(h hook) (note, bool) {
		return note{".timeoutSeconds", fmt.Sprintf("each write waits %d s while the webhook hangs", h.timeout()), "use a few seconds"}, h.timeout() > longAdmissionTimeout && h.timeout() <= 30
	})
}

func (h hook) timeout() int32 {
	if h.TimeoutSeconds == nil {
		return longAdmissionTimeout
	}
	return *h.TimeoutSeconds
}

func matchPolicy(r *registered) []note {
	return r.each(func(h hook) (note, bool) {
		return note{".matchPolicy", "Exact lets writes through other versions of the API pass unseen", "use Equivalent"},
			h.MatchPolicy != nil && *h.MatchPolicy == admissionregv1.Exact
	})
}
