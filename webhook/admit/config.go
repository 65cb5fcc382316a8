package admit

import (
	admissionregv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// timeoutSeconds bounds how long a write may wait for a guard. Guards answer in microseconds; what takes longer is a
// connection that does not work.
const timeoutSeconds = 5

// Configurations are the webhook configurations that register guards with kube-apiserver. They name exactly what the
// guards judge. The client says how a path is reached: by URL or by Service.
func Configurations(guards []Guard, client func(path string) admissionregv1.WebhookClientConfig) (*admissionregv1.MutatingWebhookConfiguration, *admissionregv1.ValidatingWebhookConfiguration) {
	mutating := &admissionregv1.MutatingWebhookConfiguration{
		TypeMeta:   metav1.TypeMeta{APIVersion: admissionregv1.SchemeGroupVersion.String(), Kind: "MutatingWebhookConfiguration"},
		ObjectMeta: metav1.ObjectMeta{Name: "bailiwick"},
	}
	validating := &admissionregv1.ValidatingWebhookConfiguration{
		TypeMeta:   metav1.TypeMeta{APIVersion: admissionregv1.SchemeGroupVersion.String(), Kind: "ValidatingWebhookConfiguration"},
		ObjectMeta: metav1.ObjectMeta{Name: "bailiwick"},
	}
	for _, g := range guards {
		if g.Mutate != nil {
			mutating.Webhooks = append(mutating.Webhooks, admissionregv1.MutatingWebhook{
				Name:                    g.webhookName(),
				ClientConfig:            client(g.MutatePath()),
				Rules:                   g.Rules,
				FailurePolicy:           new(admissionregv1.Fail),
				MatchPolicy:             new(admissionregv1.Equivalent),
				SideEffects:             new(admissionregv1.SideEffectClassNone),
				TimeoutSeconds:          new(int32(timeoutSeconds)),
				AdmissionReviewVersions: []string{"v1"},
				ReinvocationPolicy:      new(admissionregv1.IfNeededReinvocationPolicy),
			})
		}
		validating.Webhooks = append(validating.Webhooks, admissionregv1.ValidatingWebhook{
			Name:                    g.webhookName(),
			ClientConfig:            client(g.ValidatePath()),
			Rules:                   g.Rules,
			FailurePolicy:           new(admissionregv1.Fail),
			MatchPolicy:             new(admissionregv1.Equivalent),
			SideEffects:             new(admissionregv1.SideEffectClassNone),
			TimeoutSeconds:          new(int32(timeoutSeconds)),
			AdmissionReviewVersions: []string{"v1"},
		})
	}
	return mutating, validating
}

func (g Guard) webhookName() string { return g.Name + ".bailiwick.dev" }

// MutatePath is where the guard changes objects.
func (g Guard) MutatePath() string { return "/mutate/" + g.Name }

// ValidatePath is where the guard judges objects.
func (g Guard) ValidatePath() string { return "/validate/" + g.Name }
