package admit

import (
	"slices"

	admissionregv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// inNamespaces are some namespaces, or all but some.
type inNamespaces struct {
	operator metav1.LabelSelectorOperator // In or NotIn
	names    []string
}

func (n *inNamespaces) has(namespace string) bool {
	return slices.Contains(n.names, namespace) == (n.operator == metav1.LabelSelectorOpIn)
}

// selector selects them by the label that every namespace has.
func (n *inNamespaces) selector() *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{
		Key: "kubernetes.io/metadata.name", Operator: n.operator, Values: n.names,
	}}}
}

// narrowPlatform makes one webhook for the kinds that are guarded everywhere, and one for each of the others. Who always
// passes is not asked about: Harvester goes on while Bailiwick is down.
func narrowPlatform(*policy.Snapshot) []Narrowing {
	asked := []admissionregv1.MatchCondition{notAsked(harvesterNamespace)}
	list := []Narrowing{{Conditions: asked}}
	for i, rule := range platformRules() {
		if k := platformKinds[i]; k.where != nil {
			list = append(list, Narrowing{Name: k.resource, Rules: []admissionregv1.RuleWithOperations{rule}, Conditions: asked, NamespaceSelector: k.where.selector()})
			continue
		}
		list[0].Rules = append(list[0].Rules, rule)
	}
	return list
}
