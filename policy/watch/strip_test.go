package watch

import (
	"testing"

	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

func servedKind(t *testing.T, kind, group string) policy.Served {
	t.Helper()
	for _, k := range policy.Kinds() {
		if k.Kind == kind && k.Group == group {
			return k
		}
	}
	require.FailNow(t, "no kind "+kind)
	return policy.Served{}
}

func TestStripKeepsWhatIsRead(t *testing.T) {
	u, _ := parse(t, `
apiVersion: lib.projectsveltos.io/v1beta1
kind: RoleRequest
metadata:
  name: a
  uid: x
  generation: 3
  resourceVersion: "7"
  labels: {l: v}
  annotations: {kubectl.kubernetes.io/last-applied-configuration: "{}", a: b}
  managedFields: [{manager: kubectl}]
  finalizers: [f]
spec:
  clusterSelector: {matchExpressions: [{key: k, operator: Exists}]}
  roleRefs: [{kind: Secret, namespace: ns, name: m, deploymentType: Remote}]
  unread: {a: 1}
status: {failureMessage: x}
`)
	o, err := strip(u, shapeOf(servedKind(t, "RoleRequest", policy.SveltosGroup).Fields))
	require.NoError(t, err)
	require.Equal(t, "7", o.ResourceVersion)
	require.JSONEq(t, `{"apiVersion": "lib.projectsveltos.io/v1beta1", "kind": "RoleRequest",
		"metadata": {"name": "a", "uid": "x", "labels": {"l": "v"}, "annotations": {"a": "b"}},
		"spec": {"clusterSelector": {"matchExpressions": [{"key": "k", "operator": "Exists"}]},
			"roleRefs": [{"kind": "Secret", "namespace": "ns", "name": "m"}]}, "status": {}}`, string(o.json))
	require.Empty(t, read(o).problems)
}

func TestRulesAreLeast(t *testing.T) {
	var o policy.Objects
	require.Empty(t, o.Add(read(mustStrip(t, request("a", "x", "Secret/s", "Secret/r", "ConfigMap/c", "ConfigMap/-bad"))).json, policy.Position{}))
	rules := Rules(policy.Fleet, &o)
	verbs := []string{"get", "list", "watch"}
	require.ElementsMatch(t, []rbacv1.PolicyRule{
		{APIGroups: []string{""}, Resources: []string{"configmaps"}, ResourceNames: []string{"c"}, Verbs: verbs},
		{APIGroups: []string{""}, Resources: []string{"secrets"}, ResourceNames: []string{"r", "s"}, Verbs: verbs},
	}, rules["default"])
	for _, rule := range rules[""] {
		require.NotContains(t, rule.Resources, "secrets")
		require.NotContains(t, rule.Resources, "nodes", "facts of a cluster are not the fleet's")
	}
	here := Rules(policy.Here, &o)
	require.NotContains(t, here, "default/secrets")
	require.Equal(t, []rbacv1.PolicyRule{{APIGroups: []string{"longhorn.io"}, Resources: []string{"nodes"}, Verbs: verbs}}, here["longhorn-system"])
}

func mustStrip(t *testing.T, text string) *object {
	t.Helper()
	u, gvr := parse(t, text)
	o, err := strip(u, shapeOf(servedKind(t, u.GetKind(), gvr.Group).Fields))
	require.NoError(t, err)
	return o
}
