package e2e_test

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	admissionregv1 "k8s.io/api/admissionregistration/v1"
	authzv1 "k8s.io/api/authorization/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/bailiwick-dev/bailiwick/internal/replace"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// A server that was registered with every guard, and for authorization, is killed and does not come back. What waits
// for it is what the documentation says; everything that repairing the cluster takes passes; each of the documented
// commands ends the waiting.
func TestClusterWithoutBailiwick(t *testing.T) {
	g := startGone(t)
	t.Run("what waits", func(t *testing.T) { requireDocumented(t, g.table(t)) })

	g.register(t, admit.Guards()...)
	t.Run("kube-apiserver starts", func(t *testing.T) {
		require.NoError(t, g.KillAPIServer())
		require.NoError(t, g.StartAPIServer())
		api, err := kubernetes.NewForConfig(g.Admin())
		require.NoError(t, err)
		eventually(t, "kube-apiserver to be ready", func() bool {
			return api.RESTClient().Get().AbsPath("/readyz").Do(t.Context()).Error() == nil
		})
	})
	t.Run("what repairing takes", func(t *testing.T) {
		var kinds []string
		for _, p := range g.needed {
			kinds = append(kinds, p.title)
			for _, w := range g.writers {
				for operation := range writes {
					require.False(t, p.waits(t, w.client, operation), "%s: %s of %s", w.name, operation, p.title)
				}
			}
		}
		require.Contains(t, strings.Join(strings.Fields(page(t)), " "), ": "+strings.Join(kinds, ", ")+".")
	})
	t.Run("a node", func(t *testing.T) {
		cfg, err := g.User("system:node:worker", "system:nodes")
		require.NoError(t, err)
		require.False(t, titled(g.needed, "Lease").waits(t, clientFor(t, cfg), admissionregv1.Update))
	})
	t.Run("who holds what by the policy alone", func(t *testing.T) {
		requireStatus(t, account(t, g.System, "projectsveltos", "default--foo").List(t.Context(), pods(), client.InNamespace("foo-eng")), 500, "connection refused")
	})
	for _, w := range g.writers[:2] {
		for _, r := range repairs {
			t.Run(w.name+" "+r.name, func(t *testing.T) {
				g.register(t, admit.Guards()...)
				p := titled(g.plain, "`clusterprofiles`")
				began := time.Now()
				require.True(t, p.waits(t, w.client, admissionregv1.Create))
				t.Logf("refused after %s", time.Since(began))
				g.run(t, w, r.command)
				eventually(t, "nothing to wait", func() bool { return !p.waits(t, w.client, admissionregv1.Create) })
			})
		}
	}
	t.Run("nobody answers", func(t *testing.T) { testNobodyAnswers(t, g) })
	t.Run("it comes back", func(t *testing.T) {
		require.NoError(t, g.Server.Start(t.Context()))
		g.create(t, g.mutating.DeepCopy(), g.validating.DeepCopy())
		eventually(t, "it to be asked", func() bool {
			err := writes[admissionregv1.Delete](t.Context(), g.admin, titled(g.special, "a namespace of the platform"))
			return apierrors.IsForbidden(err) && strings.Contains(err.Error(), "holds what the cluster runs on")
		})
	})
}

// repairs are commands of the documentation, of which each lets all writes pass.
var repairs = []struct{ name, command string }{
	{"deletes the webhooks", "kubectl delete validatingwebhookconfigurations,mutatingwebhookconfigurations bailiwick --ignore-not-found"},
	{"unregisters", "bailiwick unregister"},
	{"lets them fail open", `kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations bailiwick -o yaml |
  sed 's/failurePolicy: Fail/failurePolicy: Ignore/' | kubectl replace -f -`},
}

// withoutWebhook is what stands in kube-apiserver's AuthorizationConfiguration so that nobody is asked.
const withoutWebhook = `apiVersion: apiserver.config.k8s.io/v1
kind: AuthorizationConfiguration
authorizers:
- {type: Node, name: node}
- {type: RBAC, name: rbac}
`

// testNobodyAnswers: kube-apiserver connects and hears nothing, as when packets are lost.
func testNobodyAnswers(t *testing.T, g *gone) {
	g.register(t, admit.Guards()...)
	silent, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", g.Server.Address())
	require.NoError(t, err)
	defer silent.Close()
	p := titled(g.plain, "`clusterprofiles`")
	began := time.Now()
	require.ErrorContains(t, writes[admissionregv1.Create](t.Context(), g.admin, p), "context deadline exceeded")
	t.Logf("refused after %s", time.Since(began))
	began = time.Now()
	g.run(t, g.writers[0], repairs[0].command)
	t.Logf("a cluster admin has deleted the webhooks after %s", time.Since(began))
	require.False(t, p.waits(t, g.admin, admissionregv1.Create))

	require.Contains(t, page(t), withoutWebhook)
	require.NoError(t, replace.File(g.AuthorizationConfig(), 0o600, []byte(withoutWebhook)))
	eventually(t, "RBAC to decide alone", func() bool {
		review := reviewOf(authzv1.SubjectAccessReviewSpec{User: "jane", NonResourceAttributes: &authzv1.NonResourceAttributes{Path: "/x", Verb: "get"}})
		require.NoError(t, g.admin.Create(t.Context(), review))
		return review.Status.EvaluationError == ""
	})
}
