package e2e_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/bailiwick-dev/bailiwick/e2e/wired"
)

// replayTenancy sends what classifier-manager, sc-manager, access-manager and addon-controller write to what the guards
// judge, as they write it.
func replayTenancy(t *testing.T, s *wired.System, admin client.Client) {
	sveltos := func(name string) client.Client { return account(t, s, "projectsveltos", name) }

	t.Run("classifier-manager writes labels", func(t *testing.T) {
		require.NoError(t, relabel(t, sveltos("classifier-manager"), "stripes", "{org: zebra.io, tier: gold, color: green}"))
		u := object(t, `{apiVersion: lib.projectsveltos.io/v1beta1, kind: Classifier, metadata: {name: color}}`)
		require.NoError(t, patch(t, sveltos("classifier-manager"), u, `{metadata: {finalizers: [classifierfinalizer.projectsveltos.io]}}`))
		require.NoError(t, patch(t, sveltos("classifier-manager"), u, `{metadata: {finalizers: []}}`))
	})

	t.Run("sc-manager writes labels, the spec and the status", func(t *testing.T) {
		u := object(t, cluster("gke", "production", "{}", ""))
		require.NoError(t, patch(t, sveltos("sc-manager"), u, `{metadata: {labels: {projectsveltos.io/k8s-version: v1.33.1, sveltos-agent: present}}}`))
		require.NoError(t, patch(t, sveltos("sc-manager"), u, `{spec: {paused: true}}`))
		u.Object["status"] = map[string]any{"ready": true, "version": "v1.33.1"}
		require.NoError(t, sveltos("sc-manager").Status().Update(t.Context(), u))
		require.NoError(t, patch(t, sveltos("sc-manager"), u, `{spec: {paused: false}}`))
	})

	t.Run("sc-manager renews the token of a cluster", func(t *testing.T) {
		u := object(t, kubeconfigSecret("production-sveltos-kubeconfig", "token: old"))
		require.NoError(t, admin.Create(t.Context(), u))
		u.Object["data"] = object(t, kubeconfigSecret("x", "token: new")).Object["data"]
		require.NoError(t, sveltos("sc-manager").Update(t.Context(), u))
	})

	t.Run("access-manager writes the finalizer and status of a RoleRequest", func(t *testing.T) {
		u := object(t, `{apiVersion: lib.projectsveltos.io/v1beta1, kind: RoleRequest, metadata: {name: new}}`)
		require.NoError(t, patch(t, sveltos("access-manager"), u, `{metadata: {finalizers: [rolerequestfinalizer.projectsveltos.io]}}`))
		u.Object["status"] = map[string]any{"matchingClusters": []any{map[string]any{"kind": "SveltosCluster", "namespace": "gke", "name": "production"}}}
		require.NoError(t, sveltos("access-manager").Status().Update(t.Context(), u))
	})

	t.Run("access-manager writes, renews and deletes the kubeconfig of a tenant", func(t *testing.T) {
		u := object(t, tenantKubeconfig("sveltos-0a1b", "old"))
		require.NoError(t, sveltos("access-manager").Create(t.Context(), u))
		u.Object["data"] = object(t, tenantKubeconfig("x", "new")).Object["data"]
		require.NoError(t, sveltos("access-manager").Update(t.Context(), u))
		requireStatus(t, sveltos("addon-controller").Update(t.Context(), func() *unstructured.Unstructured {
			changed := u.DeepCopy()
			changed.Object["data"] = object(t, tenantKubeconfig("x", "other")).Object["data"]
			return changed
		}()), 403, "only access-manager writes these")
		require.NoError(t, patch(t, sveltos("addon-controller"), u, `{metadata: {annotations: {seen: "yes"}}}`))
		requireStatus(t, account(t, s, "default", "foo").Delete(t.Context(), u), 403, "only access-manager writes these")
		require.NoError(t, sveltos("access-manager").Delete(t.Context(), u))
	})

	t.Run("a RoleRequest is deleted, and access-manager lets go", func(t *testing.T) {
		u := object(t, `{apiVersion: lib.projectsveltos.io/v1beta1, kind: RoleRequest, metadata: {name: new}}`)
		requireStatus(t, account(t, s, "default", "foo").Delete(t.Context(), u), 403, "only platform admins may delete RoleRequests")
		require.NoError(t, admin.Delete(t.Context(), u))
		require.NoError(t, patch(t, sveltos("access-manager"), u, `{metadata: {finalizers: []}}`))
		require.Error(t, admin.Get(t.Context(), client.ObjectKeyFromObject(u), u))
	})

	t.Run("addon-controller writes the finalizer and status of a set", func(t *testing.T) {
		u := object(t, `{apiVersion: lib.projectsveltos.io/v1beta1, kind: ClusterSet, metadata: {name: foos}}`)
		require.NoError(t, patch(t, sveltos("addon-controller"), u, `{metadata: {finalizers: [clustersetfinalizer.projectsveltos.io]}}`))
		u.Object["status"] = map[string]any{"matchingClusterRefs": []any{map[string]any{"kind": "SveltosCluster", "namespace": "gke", "name": "production"}}}
		require.NoError(t, sveltos("addon-controller").Status().Update(t.Context(), u))
		require.NoError(t, admin.Delete(t.Context(), u))
		require.NoError(t, patch(t, sveltos("addon-controller"), u, `{metadata: {finalizers: []}}`))
	})
}

// patch merges some fields into an object.
func patch(t *testing.T, c client.Client, u *unstructured.Unstructured, text string) error {
	t.Helper()
	data, err := yaml.YAMLToJSON([]byte(text))
	require.NoError(t, err)
	return c.Patch(t.Context(), u, client.RawPatch("application/merge-patch+json", data))
}

// relabel gives a cluster in the namespace gke other labels.
func relabel(t *testing.T, c client.Client, name, labels string) error {
	t.Helper()
	u := object(t, cluster("gke", name, "{}", ""))
	require.NoError(t, c.Get(t.Context(), client.ObjectKeyFromObject(u), u))
	wanted := map[string]string{}
	require.NoError(t, yaml.Unmarshal([]byte(labels), &wanted))
	u.SetLabels(wanted)
	return c.Update(t.Context(), u)
}

func cluster(namespace, name, labels, spec string) string {
	return "{apiVersion: lib.projectsveltos.io/v1beta1, kind: SveltosCluster, metadata: {namespace: " + namespace + ", name: " + name + ", labels: " + labels + "}, spec: {" + spec + "}}"
}

func classifier(key string) string {
	return "{apiVersion: lib.projectsveltos.io/v1beta1, kind: Classifier, metadata: {name: " + key + "}, spec: {classifierLabels: [{key: " + key + ", value: x}], " +
		"kubernetesVersionConstraints: [{comparison: GreaterThan, version: 1.20.0}]}}"
}

// roleRequest is one that gives the content of a ConfigMap, but for some fields that it has instead.
func roleRequest(configMap string, fields ...string) string {
	spec := []string{"serviceAccountNamespace: default", "serviceAccountName: new", "clusterSelector: {matchExpressions: [{key: org, operator: In, values: [zebra.io, new.io]}]}",
		"roleRefs: [{kind: ConfigMap, namespace: grants, name: " + configMap + "}]"}
	for _, field := range fields {
		key, _, _ := strings.Cut(field, ":")
		for i := range spec {
			if strings.HasPrefix(spec[i], key+":") {
				spec[i] = field
				field = ""
				break
			}
		}
		if field != "" {
			spec = append(spec, field)
		}
	}
	return "{apiVersion: lib.projectsveltos.io/v1beta1, kind: RoleRequest, metadata: {name: new}, spec: {" + strings.Join(spec, ", ") + "}}"
}

func kubeconfigSecret(name, user string) string {
	return secret(name, "{}", user)
}

func tenantKubeconfig(name, token string) string {
	return secret(name, "{projectsveltos.io/role-request: ok, projectsveltos.io/role-cluster: production, "+
		"projectsveltos.io/role-service-account-name: zebra, projectsveltos.io/role-service-account-namespace: zebra-ns}", "token: "+token)
}

func secret(name, labels, user string) string {
	text := base64.StdEncoding.EncodeToString([]byte("{apiVersion: v1, kind: Config, users: [{name: u, user: {" + user + "}}]}"))
	return "{apiVersion: v1, kind: Secret, metadata: {namespace: gke, name: " + name + ", labels: " + labels + "}, data: {kubeconfig: " + text + "}}"
}
