package admit

import (
	"slices"
	"strconv"
	"strings"

	admissionregv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// Narrowing is one webhook of a guard that is told only of some writes.
type Narrowing struct {
	// Name follows the guard's in the name of the webhook; empty for the first.
	Name string
	// Rules are some of those of the guard.
	Rules []admissionregv1.RuleWithOperations
	// Conditions in CEL have all to be true.
	Conditions []admissionregv1.MatchCondition
	// NamespaceSelector looks at the labels of a Namespace, or of the one that an object is in. Nil: as it is chosen for
	// the guard's first webhook, which therefore never has one.
	NamespaceSelector *metav1.LabelSelector
}

// maxExpression bounds a CEL expression. kube-apiserver compiles those of up to 100,000 characters (cel-go's parser);
// what is longer it refuses with the whole configuration.
const maxExpression = 90_000

// narrowed are the webhooks of a guard that depends on the policy.
func (g Guard) narrowed(base admissionregv1.ValidatingWebhook, snap *policy.Snapshot) []admissionregv1.ValidatingWebhook {
	if snap == nil {
		snap = &policy.Snapshot{}
	}
	var webhooks []admissionregv1.ValidatingWebhook
	for _, n := range g.Narrow(snap) {
		w := base
		w.Name = g.webhookName()
		if n.Name != "" {
			w.Name = g.Name + "-" + n.Name + ".bailiwick.dev"
		}
		w.Rules, w.MatchConditions = n.Rules, withoutControlPlane(n.Rules, n.Conditions)
		if n.NamespaceSelector != nil {
			w.NamespaceSelector = n.NamespaceSelector
		}
		webhooks = append(webhooks, w)
	}
	return webhooks
}

// chunks joins CEL terms that begin the same, as many as fit into one expression: `begin` + terms joined by `sep` +
// `end`. One webhook's conditions have all to be true, so what does not fit needs another webhook.
func chunks(begin, sep, end string, terms []string) []string {
	var expressions []string
	room := maxExpression - len(begin) - len(end)
	for len(terms) > 0 {
		n, length := 0, 0
		for n < len(terms) && (n == 0 || length+len(sep)+len(terms[n]) <= room) {
			length += len(sep) + len(terms[n])
			n++
		}
		expressions = append(expressions, begin+strings.Join(terms[:n], sep)+end)
		terms = terms[n:]
	}
	return expressions
}

// celStrings quotes texts for CEL and sorts them.
func celStrings(texts []string) []string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = strconv.Quote(text)
	}
	slices.Sort(quoted)
	return slices.Compact(quoted)
}
