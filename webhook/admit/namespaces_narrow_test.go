package admit_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	admissionregv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// What is registered comes back from kube-apiserver with a selector for all namespaces where none was given, or with the
// one that somebody chose. Only our own selectors follow the policy.
func TestSelectorsFollowThePolicy(t *testing.T) {
	guards := []admit.Guard{guardNamed(t, "namespaces"), guardNamed(t, "platform")}
	before := compile(t, "", policy.Options{}).Load()
	after := compile(t, "", policy.Options{ProtectedNamespaces: []string{"vault"}}).Load()
	chosen := &metav1.LabelSelector{MatchLabels: map[string]string{"guarded": "yes"}}
	for _, selector := range []*metav1.LabelSelector{{}, chosen} {
		_, registered := admit.Configurations(guards, before, byURL)
		ours := map[string]bool{}
		for i := range registered.Webhooks {
			w := &registered.Webhooks[i]
			ours[w.Name] = w.NamespaceSelector != nil
			if !ours[w.Name] {
				w.NamespaceSelector = selector
			}
		}
		require.Equal(t, map[string]bool{
			"namespaces.bailiwick.dev": false, "namespaces-kept.bailiwick.dev": true, "namespaces-agent.bailiwick.dev": false,
			"platform.bailiwick.dev": false, "platform-addons.bailiwick.dev": true, "platform-virtualmachineimages.bailiwick.dev": true,
		}, ours)
		_, differs := admit.Reconcile(registered, guards, before)
		require.False(t, differs)

		want, differs := admit.Reconcile(registered, guards, after)
		require.True(t, differs)
		for i, w := range want.Webhooks {
			if w.Name != "namespaces-kept.bailiwick.dev" {
				require.Equal(t, registered.Webhooks[i], w)
				continue
			}
			require.Contains(t, w.NamespaceSelector.MatchExpressions[0].Values, "vault")
		}
	}
}

// Failing closed, a webhook holds up only what it is told of: never all writes of a kind that clusters live from.
func TestNamespacesAreNeverAskedAboutAltogether(t *testing.T) {
	_, validating := admit.Configurations([]admit.Guard{guardNamed(t, "namespaces")}, nil, byURL)
	for _, w := range validating.Webhooks {
		require.Equal(t, admissionregv1.Fail, *w.FailurePolicy)
		require.NotEmpty(t, w.MatchConditions, w.Name)
	}
}
