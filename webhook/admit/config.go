package admit

import (
	"fmt"
	"slices"
	"strings"

	admissionregv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// timeoutSeconds bounds how long a write may wait for a guard. Guards answer in microseconds; what takes longer is a
// connection that does not work.
const timeoutSeconds = 5

// Configurations are the webhook configurations that register guards with kube-apiserver. They name exactly what the
// guards judge; some of them judge what the policy names, so it depends on the snapshot, which is nil when no policy is
// known yet. The client says how a path is reached: by URL or by Service.
func Configurations(guards []Guard, snap *policy.Snapshot, client func(path string) admissionregv1.WebhookClientConfig) (*admissionregv1.MutatingWebhookConfiguration, *admissionregv1.ValidatingWebhookConfiguration) {
	mutating := &admissionregv1.MutatingWebhookConfiguration{
		TypeMeta:   metav1.TypeMeta{APIVersion: admissionregv1.SchemeGroupVersion.String(), Kind: "MutatingWebhookConfiguration"},
		ObjectMeta: metav1.ObjectMeta{Name: RegistrationName, Labels: map[string]string{RegistrationLabel: Reconciled}},
	}
	validating := &admissionregv1.ValidatingWebhookConfiguration{
		TypeMeta:   metav1.TypeMeta{APIVersion: admissionregv1.SchemeGroupVersion.String(), Kind: "ValidatingWebhookConfiguration"},
		ObjectMeta: metav1.ObjectMeta{Name: RegistrationName, Labels: map[string]string{RegistrationLabel: Reconciled}},
	}
	for _, g := range guards {
		if g.Mutate != nil {
			webhook := admissionregv1.MutatingWebhook{
				Name:                    g.webhookName(),
				ClientConfig:            client(g.MutatePath()),
				Rules:                   g.mutateRules(),
				MatchConditions:         g.Marking,
				FailurePolicy:           new(admissionregv1.Fail),
				MatchPolicy:             new(admissionregv1.Equivalent),
				SideEffects:             new(admissionregv1.SideEffectClassNone),
				TimeoutSeconds:          new(int32(timeoutSeconds)),
				AdmissionReviewVersions: []string{"v1"},
				ReinvocationPolicy:      new(admissionregv1.IfNeededReinvocationPolicy),
			}
			if g.Marking != nil {
				webhook.FailurePolicy = new(admissionregv1.Ignore)
			}
			mutating.Webhooks = append(mutating.Webhooks, webhook)
		}
		validating.Webhooks = append(validating.Webhooks, g.validating(snap, client)...)
	}
	return mutating, validating
}

// validating is the webhook that judges; when some users are unblocked there is a second one for them, which fails open.
func (g Guard) validating(snap *policy.Snapshot, client func(path string) admissionregv1.WebhookClientConfig) []admissionregv1.ValidatingWebhook {
	webhook := admissionregv1.ValidatingWebhook{
		Name:                    g.webhookName(),
		ClientConfig:            client(g.ValidatePath()),
		Rules:                   g.Rules,
		FailurePolicy:           new(admissionregv1.Fail),
		MatchPolicy:             new(admissionregv1.Equivalent),
		SideEffects:             new(admissionregv1.SideEffectClassNone),
		TimeoutSeconds:          new(int32(timeoutSeconds)),
		AdmissionReviewVersions: []string{"v1"},
	}
	webhook.NamespaceSelector = g.spared(&webhook.ClientConfig)
	if g.Narrow != nil {
		return g.narrowed(webhook, snap)
	}
	if len(g.Unblocked) == 0 {
		webhook.MatchConditions = withoutControlPlane(webhook.Rules, nil)
		return []admissionregv1.ValidatingWebhook{webhook}
	}
	among := fmt.Sprintf("request.userInfo.username in ['%s']", strings.Join(g.Unblocked, "', '"))
	unblocked := webhook
	unblocked.Name = g.Name + "-unblocked.bailiwick.dev"
	unblocked.FailurePolicy = new(admissionregv1.Ignore)
	unblocked.MatchConditions = []admissionregv1.MatchCondition{{Name: "unblocked", Expression: among}}
	webhook.MatchConditions = withoutControlPlane(webhook.Rules, []admissionregv1.MatchCondition{{Name: "everybody-else", Expression: "!(" + among + ")"}})
	return []admissionregv1.ValidatingWebhook{webhook, unblocked}
}

// mutateRules leaves out deletions, in which there is nothing to change, and updates where only what is new is marked.
func (g Guard) mutateRules() []admissionregv1.RuleWithOperations {
	rules := slices.Clone(g.Rules)
	for i := range rules {
		rules[i].Operations = slices.DeleteFunc(slices.Clone(rules[i].Operations), func(op admissionregv1.OperationType) bool {
			return op == admissionregv1.Delete || op == admissionregv1.Update && g.Marking != nil
		})
	}
	return rules
}

func (g Guard) webhookName() string { return g.Name + ".bailiwick.dev" }

// MutatePath is where the guard changes objects.
func (g Guard) MutatePath() string { return "/mutate/" + g.Name }

// ValidatePath is where the guard judges objects.
func (g Guard) ValidatePath() string { return "/validate/" + g.Name }
