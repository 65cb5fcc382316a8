package admit_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	admissionregv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// What pods start from, and nothing else, is left out where the server runs.
func TestOwnNamespaceIsSpared(t *testing.T) {
	const own = "bailiwick-system"
	service := func(path string) admissionregv1.WebhookClientConfig {
		return admissionregv1.WebhookClientConfig{Service: &admissionregv1.ServiceReference{Namespace: own, Name: "bailiwick", Path: &path}}
	}
	_, validating := admit.Configurations(admit.Guards(), nil, service)
	spared := func(c *admissionregv1.ValidatingWebhookConfiguration) map[string]bool {
		names := map[string]bool{}
		for _, w := range c.Webhooks {
			names[w.Name] = w.NamespaceSelector != nil && w.NamespaceSelector.MatchExpressions[0].Operator == metav1.LabelSelectorOpNotIn &&
				w.NamespaceSelector.MatchExpressions[0].Values[0] == own
		}
		return names
	}
	require.True(t, spared(validating)["policysources-kubeconfigs.bailiwick.dev"])
	for _, judged := range []string{"profiles", "namespaces", "namespaces-kept", "rolerequests", "settings"} {
		names := spared(validating)
		require.Contains(t, names, judged+".bailiwick.dev")
		require.False(t, names[judged+".bailiwick.dev"], judged)
	}

	// It stays so when the policy names more.
	snap := compile(t, `
apiVersion: lib.projectsveltos.io/v1beta1
kind: RoleRequest
metadata: {name: a}
spec:
  serviceAccountNamespace: default
  serviceAccountName: foo
  clusterSelector: {matchLabels: {org: foo.io}}
  roleRefs: [{kind: ConfigMap, namespace: default, name: roles}]
`, policy.Options{}).Load()
	now, differs := admit.Reconcile(validating, admit.Guards(), snap)
	require.True(t, differs)
	require.True(t, spared(now)["policysources.bailiwick.dev"])
	_, anew := admit.Configurations(admit.Guards(), snap, service)
	require.Equal(t, anew.Webhooks, now.Webhooks)
}
