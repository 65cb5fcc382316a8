package oracle

import (
	"encoding/json"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
	kauthorizer "k8s.io/apiserver/pkg/authorization/authorizer"

	"github.com/bailiwick-dev/bailiwick/authorizer"
	"github.com/bailiwick-dev/bailiwick/policy"
)

// tenants gives the roles to the tenant by a RoleRequest, the way a server reads one.
func tenants(t *testing.T, all *roles) kauthorizer.Authorizer {
	t.Helper()
	objs := &policy.Objects{}
	for _, object := range []any{
		map[string]any{"apiVersion": "lib.projectsveltos.io/v1beta1", "kind": "RoleRequest", "metadata": map[string]any{"name": "r"},
			"spec": map[string]any{"serviceAccountNamespace": "tenants", "serviceAccountName": "foo",
				"clusterSelector": map[string]any{"matchLabels": map[string]any{"env": "x"}},
				"roleRefs":        []any{map[string]any{"kind": "ConfigMap", "namespace": "tenants", "name": "roles"}}}},
		map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"namespace": "tenants", "name": "roles"}, "data": all.texts(t)},
	} {
		raw, err := json.Marshal(object)
		require.NoError(t, err)
		require.Empty(t, objs.Add(raw, policy.Position{}))
	}
	snap, problems := policy.Compile(objs, policy.Options{SelfLabels: map[string]string{"env": "x"},
		Self: policy.ClusterRef{Kind: policy.KindSveltosCluster, Namespace: "gke", Name: "x"}})
	require.Empty(t, problems)
	var holder atomic.Pointer[policy.Snapshot]
	holder.Store(snap)
	return authorizer.Tenants(&holder)
}

// texts are the roles as the values of a ConfigMap.
func (all *roles) texts(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, role := range all.namespaced {
		role.APIVersion, role.Kind = rbacv1.SchemeGroupVersion.String(), "Role"
		raw, err := json.Marshal(role)
		require.NoError(t, err)
		texts[role.Name] = string(raw)
	}
	for _, role := range all.cluster {
		role.APIVersion, role.Kind = rbacv1.SchemeGroupVersion.String(), "ClusterRole"
		raw, err := json.Marshal(role)
		require.NoError(t, err)
		texts[role.Name] = string(raw)
	}
	return texts
}
