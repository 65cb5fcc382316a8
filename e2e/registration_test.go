package e2e_test

import (
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	admissionregv1 "k8s.io/api/admissionregistration/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
	"github.com/bailiwick-dev/bailiwick/policy/watch"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// A server that follows a cluster keeps the webhooks that are registered there up to date with what the policy names,
// and needs the right to list, watch and update them for it.
func TestLiveServerKeepsWebhooksUpToDate(t *testing.T) {
	api := management(t)
	admin := clientFor(t, api.Admin())
	examples, _, err := load.Paths(nil, filepath.Join("..", "examples", "policy"))
	require.NoError(t, err)
	rules := maps.Clone(watch.Rules(policy.Fleet|policy.Here, examples))
	rules[""] = append(rules[""], rbacv1.PolicyRule{
		APIGroups: []string{admissionregv1.GroupName}, Resources: []string{"validatingwebhookconfigurations"}, Verbs: []string{"list", "watch", "update"},
	})
	s := server(t, "--kubeconfig", kubeconfig(t, api, "bailiwick", rules))

	// Nobody answers at this place, so that writes pass.
	_, registered := admit.Configurations(admit.Guards(), nil, func(path string) admissionregv1.WebhookClientConfig {
		return admissionregv1.WebhookClientConfig{URL: new("https://127.0.0.1:1" + path)}
	})
	for i := range registered.Webhooks {
		registered.Webhooks[i].FailurePolicy = new(admissionregv1.Ignore)
	}
	require.NoError(t, admin.Create(t.Context(), registered))
	require.NoError(t, s.Start(t.Context()))

	named := func(ref string) bool {
		require.NoError(t, admin.Get(t.Context(), client.ObjectKeyFromObject(registered), registered))
		for _, w := range registered.Webhooks {
			require.Equal(t, admissionregv1.Ignore, *w.FailurePolicy)
			if len(w.MatchConditions) > 0 && strings.Contains(w.MatchConditions[0].Expression, `"`+ref+`"`) {
				return true
			}
		}
		return false
	}
	require.False(t, named("configmaps/default/full-access"))
	objects := apply(t, admin, filepath.Join("..", "examples", "policy"))
	eventually(t, "the name", func() bool { return named("configmaps/default/full-access") })
	require.NoError(t, admin.Delete(t.Context(), objects["RoleRequest/full-access"]))
	eventually(t, "nobody to name it", func() bool { return !named("configmaps/default/full-access") })
	require.Equal(t, "0", metric(t, s, "bailiwick_registration_stale"))
}
