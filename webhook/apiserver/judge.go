package apiserver

import (
	"encoding/json"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// Rule is one thing that configurations are judged by.
type Rule struct {
	// ID is the rule's name: authorization/… or webhooks/….
	ID string
	// Severity is Error for what locks a cluster or is not taken by kube-apiserver, Warning for what weakens.
	Severity policy.Severity
	// Doc says in a sentence what the rule is about.
	Doc string
}

// Finding is something wrong in a configuration, and the rule by which it is.
type Finding struct {
	policy.Problem
	Rule string
}

// judged is a rule for what a T holds.
type judged[T any] struct {
	Rule
	check func(T) []note
}

// note is what a check found: where, what, and what to do.
type note struct{ path, message, hint string }

// Rules is every rule, in the order in which people read about them.
func Rules() []Rule {
	var all []Rule
	for _, r := range authorizationRules {
		all = append(all, r.Rule)
	}
	for _, r := range webhookRules {
		all = append(all, r.Rule)
	}
	return all
}

// Judge says what is wrong with one object: an AuthorizationConfiguration, a MutatingWebhookConfiguration or a
// ValidatingWebhookConfiguration. The second result is false when the object is none of them.
func Judge(raw []byte, at policy.Position, now time.Time) ([]Finding, bool) {
	var head policy.Object
	if json.Unmarshal(raw, &head) != nil {
		return nil, false
	}
	var found []Finding
	say := func(r Rule, notes []note) {
		for _, n := range notes {
			found = append(found, Finding{policy.Problem{Severity: r.Severity, Object: head.Ref(), Position: at, Path: n.path, Message: n.message, Hint: n.hint}, r.ID})
		}
	}
	switch gvk := schema.FromAPIVersionAndKind(head.APIVersion, head.Kind); {
	case gvk.Group == "apiserver.config.k8s.io" && gvk.Kind == "AuthorizationConfiguration":
		judge(authorizationRules, readAuthorization(raw), say)
	case gvk.Group == "admissionregistration.k8s.io" && gvk.Version == "v1" && (gvk.Kind == mutatingKind || gvk.Kind == validatingKind):
		judge(webhookRules, readWebhooks(raw, gvk.Kind, now), say)
	default:
		return nil, false
	}
	return found, true
}

// each asks about the webhooks of a configuration, one by one; at says where in it one stands.
func each[T any](webhooks []T, at func(T) string, check func(T) (note, bool)) []note {
	var notes []note
	for _, w := range webhooks {
		if n, wrong := check(w); wrong {
			n.path = at(w) + n.path
			notes = append(notes, n)
		}
	}
	return notes
}

func judge[T any](rules []judged[T], object T, say func(Rule, []note)) {
	for _, r := range rules {
		say(r.Rule, r.check(object))
	}
}
