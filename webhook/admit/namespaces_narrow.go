package admit

import (
	"fmt"
	"strings"

	admissionregv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// narrowNamespaces makes one webhook for namespaces that change their project, one for protected namespaces, and one
// for what else is protected. Each is told only of what the guard might refuse, so that failing closed harms nothing
// else. The first has no namespaceSelector: see Narrowing.
func narrowNamespaces(snap *policy.Snapshot) []Narrowing {
	released := []admissionregv1.MatchCondition{
		{Name: "released", Expression: fmt.Sprintf("%s && (request.operation == 'DELETE' || %s)",
			not(celOverridden("oldObject")), celOverridden("object"))},
	}
	if groups := snap.BreakGlassGroups(); len(groups) > 0 {
		released = append(released, admissionregv1.MatchCondition{Name: "glass", Expression: not(inGroups(groups))})
	}
	return []Narrowing{
		{Rules: namespaceRules[:1], Conditions: []admissionregv1.MatchCondition{
			{Name: "moved", Expression: fmt.Sprintf("request.operation != 'DELETE' && (%s || %s)",
				differs("annotations", policy.ProjectAnnotation), differs("labels", policy.ProjectAnnotation))},
			notAsked(rancherNamespace),
		}},
		{Name: "kept", Rules: namespaceRules[:1], Conditions: released, NamespaceSelector: (&inNamespaces{metav1.LabelSelectorOpIn, snap.ProtectedNamespaces()}).selector()},
		{Name: "agent", Rules: namespaceRules[1:], Conditions: append([]admissionregv1.MatchCondition{
			{Name: "protected", Expression: isProtected(snap, protectedKinds[1:])},
		}, released...)},
	}
}

// notAsked leaves out who always passes, so that his writes do not wait for a server that is down: administrators, the
// control plane, and the accounts of some namespaces.
func notAsked(namespaces ...string) admissionregv1.MatchCondition {
	prefixes := []string{"system:serviceaccount:kube-system:", "system:kube-"}
	for _, namespace := range namespaces {
		prefixes = append(prefixes, "system:serviceaccount:"+namespace+":")
	}
	var passes []string
	for _, prefix := range prefixes {
		passes = append(passes, fmt.Sprintf("request.userInfo.username.startsWith('%s')", prefix))
	}
	return admissionregv1.MatchCondition{Name: "asked", Expression: not(inGroups([]string{"system:masters"}) + " || " + strings.Join(passes, " || "))}
}

// isProtected is CEL for a write of a protected object.
func isProtected(snap *policy.Snapshot, kinds []protectedKind) string {
	var terms []string
	for _, k := range kinds {
		term := fmt.Sprintf("request.resource.resource == '%s' && %s in [%s]", k.resource, written, strings.Join(celStrings(k.names(snap)), ", "))
		if k.namespace != "" {
			term += fmt.Sprintf(" && request.namespace == '%s'", k.namespace)
		}
		terms = append(terms, term)
	}
	return strings.Join(terms, " || ")
}

func inGroups(groups []string) string {
	return fmt.Sprintf("(has(request.userInfo.groups) && request.userInfo.groups.exists(g, g in [%s]))", strings.Join(celStrings(groups), ", "))
}

func celOverridden(object string) string {
	return fmt.Sprintf("%s == 'true'", celValue(object, "annotations", overrideAnnotation))
}

// differs says whether a write changes a label or an annotation.
func differs(field, key string) string {
	return celValue("object", field, key) + " != " + celValue("oldObject", field, key)
}

// celValue is the value of a label or an annotation of object or oldObject, ” where there is none.
func celValue(object, field, key string) string {
	return fmt.Sprintf("(%[1]s != null && has(%[1]s.metadata.%[2]s) && '%[3]s' in %[1]s.metadata.%[2]s ? %[1]s.metadata.%[2]s['%[3]s'] : '')", object, field, key)
}

func not(expression string) string { return "!(" + expression + ")" }
