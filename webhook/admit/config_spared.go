package admit

import (
	"slices"

	admissionregv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// spared leaves out the namespace of the Service that a guard is reached by, if it judges what pods start from: when no
// server runs, the next one must be able to start.
func (g Guard) spared(client *admissionregv1.WebhookClientConfig) *metav1.LabelSelector {
	starts := slices.ContainsFunc(g.Rules, func(r admissionregv1.RuleWithOperations) bool {
		return slices.Contains(r.APIGroups, corev1.GroupName) && (slices.Contains(r.Resources, "secrets") || slices.Contains(r.Resources, "configmaps"))
	})
	if !starts || client.Service == nil {
		return nil
	}
	return (&inNamespaces{metav1.LabelSelectorOpNotIn, []string{client.Service.Namespace}}).selector()
}

// deletedByPeople leaves out what the control plane deletes with a namespace or with an owner. Nothing of ours may hold
// it up.
var deletedByPeople = admissionregv1.MatchCondition{
	Name: "by-people",
	Expression: "request.operation != 'DELETE' || !(request.userInfo.username.startsWith('system:serviceaccount:kube-system:') || " +
		"request.userInfo.username.startsWith('system:kube-'))",
}

// withoutControlPlane adds that to the conditions of a webhook that is told of deletions.
func withoutControlPlane(rules []admissionregv1.RuleWithOperations, conditions []admissionregv1.MatchCondition) []admissionregv1.MatchCondition {
	deletes := func(r admissionregv1.RuleWithOperations) bool {
		return slices.Contains(r.Operations, admissionregv1.Delete)
	}
	if slices.ContainsFunc(rules, deletes) {
		return append(slices.Clip(conditions), deletedByPeople)
	}
	return conditions
}
