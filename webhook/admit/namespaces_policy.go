package admit

import (
	"fmt"
	"slices"
	"strings"

	admissionregv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// DeletionPolicy is the check namespaces/kept as a ValidatingAdmissionPolicy and its binding: kube-apiserver decides it
// by itself, so that it holds also where webhooks are not called, be it that their configuration was deleted or that
// they fail open. It is made of the same table, and of the options of a policy; the snapshot may be nil for the defaults.
func DeletionPolicy(snap *policy.Snapshot) (*admissionregv1.ValidatingAdmissionPolicy, *admissionregv1.ValidatingAdmissionPolicyBinding) {
	if snap == nil {
		snap = &policy.Snapshot{}
	}
	meta := metav1.ObjectMeta{Name: "namespaces.bailiwick.dev"}
	released := celOverridden("oldObject")
	if groups := snap.BreakGlassGroups(); len(groups) > 0 {
		released += " || " + inGroups(groups)
	}
	p := &admissionregv1.ValidatingAdmissionPolicy{
		TypeMeta:   metav1.TypeMeta{APIVersion: admissionregv1.SchemeGroupVersion.String(), Kind: "ValidatingAdmissionPolicy"},
		ObjectMeta: meta,
		Spec: admissionregv1.ValidatingAdmissionPolicySpec{
			FailurePolicy:    new(admissionregv1.Fail),
			MatchConstraints: &admissionregv1.MatchResources{ResourceRules: deletions(namespaceRules)},
			MatchConditions: []admissionregv1.MatchCondition{
				{Name: "protected", Expression: isProtected(snap, protectedKinds)},
				deletedByPeople,
			},
			Validations: []admissionregv1.Validation{{
				Expression: released,
				Message:    fmt.Sprintf("the cluster runs on it, or is managed with it (to delete it all the same, annotate it with %s=true first)", overrideAnnotation),
				Reason:     new(metav1.StatusReasonForbidden),
			}},
		},
	}
	return p, &admissionregv1.ValidatingAdmissionPolicyBinding{
		TypeMeta:   metav1.TypeMeta{APIVersion: p.APIVersion, Kind: "ValidatingAdmissionPolicyBinding"},
		ObjectMeta: meta,
		Spec: admissionregv1.ValidatingAdmissionPolicyBindingSpec{
			PolicyName: meta.Name, ValidationActions: []admissionregv1.ValidationAction{admissionregv1.Deny},
		},
	}
}

// deletions are the same rules for deletions alone, which subresources have not.
func deletions(rules []admissionregv1.RuleWithOperations) []admissionregv1.NamedRuleWithOperations {
	var all []admissionregv1.NamedRuleWithOperations
	for _, r := range rules {
		r.Operations = []admissionregv1.OperationType{admissionregv1.Delete}
		r.Resources = slices.DeleteFunc(slices.Clone(r.Resources), func(resource string) bool { return strings.Contains(resource, "/") })
		all = append(all, admissionregv1.NamedRuleWithOperations{RuleWithOperations: r})
	}
	return all
}
