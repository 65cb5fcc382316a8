package admit_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	admissionregv1 "k8s.io/api/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// namingPolicy names ConfigMaps and Secrets in every way.
const namingPolicy = `
{apiVersion: lib.projectsveltos.io/v1beta1, kind: RoleRequest, metadata: {name: plain},
 spec: {serviceAccountNamespace: default, serviceAccountName: foo, clusterSelector: {matchLabels: {org: foo.io}},
  roleRefs: [{kind: ConfigMap, namespace: grants, name: full-access}, {kind: Secret, namespace: grants, name: more}]}}
---
{apiVersion: lib.projectsveltos.io/v1beta1, kind: RoleRequest, metadata: {name: templates},
 spec: {serviceAccountNamespace: default, serviceAccountName: bar, clusterSelector: {matchLabels: {org: bar.io}},
  roleRefs: [{kind: ConfigMap, namespace: grants, name: "roles-{{ .ClusterName }}-x"}, {kind: ConfigMap, namespace: "", name: anywhere},
   {kind: Secret, namespace: "{{ .ClusterNamespace }}", name: "{{ .ClusterName }}"}, {kind: ConfigMap, namespace: grants, name: "No Name\""}]}}
---
{apiVersion: lib.projectsveltos.io/v1beta1, kind: SveltosCluster, metadata: {namespace: gke, name: a, labels: {org: bar.io}}, spec: {kubeconfigName: special}}
`

// sourceWebhooks are those of the guard policysources.
func sourceWebhooks(t *testing.T, snap *policy.Snapshot) []admissionregv1.ValidatingWebhook {
	_, validating := admit.Configurations([]admit.Guard{guardNamed(t, "policysources")}, snap, byURL)
	return validating.Webhooks
}

func TestSourcesAreNamedOneByOne(t *testing.T) {
	webhooks := sourceWebhooks(t, compile(t, namingPolicy, policy.Options{}).Load())
	var names, conditions []string
	for _, w := range webhooks {
		names = append(names, w.Name)
		require.Len(t, w.MatchConditions, 2)
		require.Equal(t, admissionregv1.Fail, *w.FailurePolicy)
		conditions = append(conditions, w.MatchConditions[0].Expression)
	}
	require.Equal(t, []string{"policysources-kubeconfigs.bailiwick.dev", "policysources.bailiwick.dev", "policysources-2.bailiwick.dev"}, names)
	require.Equal(t, []string{"secrets"}, webhooks[0].Rules[0].Resources)
	require.Len(t, webhooks[0].Rules, 1)
	const written = `(object == null ? oldObject : object).metadata.name`
	require.Equal(t, `(request.resource.resource + '/' + request.namespace + '/' + `+written+`) in ["configmaps/gke/anywhere", "configmaps/grants/full-access", `+
		`"configmaps/grants/roles-a-x", "secrets/gke/a", "secrets/gke/special", "secrets/grants/more"]`, conditions[1])
	require.Equal(t, `(request.resource.resource == 'configmaps' && `+written+` == "anywhere") || `+
		`(request.resource.resource == 'configmaps' && request.namespace == "grants" && `+written+`.startsWith("roles-") && `+written+`.endsWith("-x") && `+written+`.size() >= 8)`, conditions[2])
}

// Without names the guard is told of kubeconfigs only, and never of everything.
func TestSourcesWithoutNames(t *testing.T) {
	for _, snap := range []*policy.Snapshot{nil, compile(t, "", policy.Options{}).Load()} {
		webhooks := sourceWebhooks(t, snap)
		require.Len(t, webhooks, 1)
		require.Equal(t, "policysources-kubeconfigs.bailiwick.dev", webhooks[0].Name)
	}
}

func TestManyNamesTakeSeveralWebhooks(t *testing.T) {
	webhooks := sourceWebhooks(t, compile(t, manyRequests(5000), policy.Options{}).Load())
	names := 0
	for _, w := range webhooks[1:] {
		require.Less(t, len(w.MatchConditions[0].Expression), 100_000)
		names += strings.Count(w.MatchConditions[0].Expression, `"configmaps/`)
	}
	require.Equal(t, 5000, names)
	require.Len(t, webhooks, 4)
}

// manyRequests is a RoleRequest that names many ConfigMaps.
func manyRequests(n int) string {
	var refs []string
	for i := range n {
		refs = append(refs, fmt.Sprintf("{kind: ConfigMap, namespace: grants-%04d, name: role-request-%05d}", i%50, i))
	}
	return "{apiVersion: lib.projectsveltos.io/v1beta1, kind: RoleRequest, metadata: {name: many}, spec: {serviceAccountNamespace: default, " +
		"serviceAccountName: foo, clusterSelector: {matchLabels: {org: foo.io}}, roleRefs: [" + strings.Join(refs, ", ") + "]}}"
}

func TestReconcile(t *testing.T) {
	guards := admit.Guards()
	before := compile(t, "", policy.Options{}).Load()
	after := compile(t, namingPolicy, policy.Options{}).Load()
	_, registered := admit.Configurations(guards, before, byURL)

	same, differs := admit.Reconcile(registered, guards, before)
	require.False(t, differs)
	require.Equal(t, registered, same)

	// What was chosen stays: here somebody lets the guard fail open and reaches it elsewhere, and has another webhook.
	tuned := registered.DeepCopy()
	for i, w := range tuned.Webhooks {
		if strings.HasPrefix(w.Name, "policysources") {
			tuned.Webhooks[i].FailurePolicy = new(admissionregv1.Ignore)
			tuned.Webhooks[i].ClientConfig = admissionregv1.WebhookClientConfig{Service: &admissionregv1.ServiceReference{Name: "b", Path: new("/x/validate/policysources")}}
		}
	}
	tuned.Webhooks = append(tuned.Webhooks, admissionregv1.ValidatingWebhook{Name: "other.example.org"})
	want, differs := admit.Reconcile(tuned, guards, after)
	require.True(t, differs)
	require.Len(t, want.Webhooks, len(tuned.Webhooks)+2)
	for _, w := range want.Webhooks {
		if strings.HasPrefix(w.Name, "policysources") {
			require.Equal(t, admissionregv1.Ignore, *w.FailurePolicy)
			require.Equal(t, "b", w.ClientConfig.Service.Name)
		}
	}
	again, differs := admit.Reconcile(want, guards, after)
	require.False(t, differs)
	back, differs := admit.Reconcile(again, guards, before)
	require.True(t, differs)
	require.Equal(t, tuned, back)
}

// A guard that was not registered stays so.
func TestReconcileAddsNoGuard(t *testing.T) {
	guards := admit.Guards()
	_, registered := admit.Configurations([]admit.Guard{guardNamed(t, "clusters")}, nil, byURL)
	_, differs := admit.Reconcile(registered, guards, compile(t, namingPolicy, policy.Options{}).Load())
	require.False(t, differs)
}
