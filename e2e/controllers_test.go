package e2e_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/bailiwick-dev/bailiwick/e2e/wired"
)

// replay sends what addon-controller and event-manager write, as they write it.
func replay(t *testing.T, s *wired.System, foo, admin client.Client) {
	addon, events := account(t, s, "projectsveltos", "addon-controller"), account(t, s, "projectsveltos", "event-manager")

	t.Run("addon-controller adds its finalizer, its labels and a status", func(t *testing.T) {
		u := get(t, addon, "stamped")
		before := client.MergeFrom(u.DeepCopy())
		u.SetFinalizers([]string{"clusterprofilefinalizer.projectsveltos.io"})
		labels := u.GetLabels()
		labels["projectsveltos.io/cluster-name"], labels["projectsveltos.io/cluster-profile-name"] = "foo", "stamped"
		u.SetLabels(labels)
		require.NoError(t, addon.Patch(t.Context(), u, before))
		require.Equal(t, ofFoo, owner(t, admin, u))
		u.Object["status"] = map[string]any{"matchingClusters": []any{map[string]any{"kind": "SveltosCluster", "namespace": "gke", "name": "foo"}}}
		require.NoError(t, addon.Status().Update(t.Context(), u))
	})

	t.Run("it stamps nothing on what is the platform's", func(t *testing.T) {
		platform := object(t, clusterProfile("platform", "{}", ""))
		require.NoError(t, admin.Create(t.Context(), platform))
		before := client.MergeFrom(platform.DeepCopy())
		platform.SetFinalizers([]string{"clusterprofilefinalizer.projectsveltos.io"})
		require.NoError(t, addon.Patch(t.Context(), platform, before))
		require.Empty(t, owner(t, admin, platform))
	})

	t.Run("it makes, changes and deletes ClusterSummaries", func(t *testing.T) {
		u := object(t, `{apiVersion: config.projectsveltos.io/v1beta1, kind: ClusterSummary, metadata: {namespace: gke, name: stamped-sveltos-foo,
			labels: {projectsveltos.io/serviceaccount-name: foo, projectsveltos.io/serviceaccount-namespace: default}}, spec: {clusterNamespace: gke, clusterName: foo, clusterType: Sveltos}}`)
		require.NoError(t, addon.Create(t.Context(), u))
		u.SetAnnotations(map[string]string{"a": "b"})
		require.NoError(t, addon.Update(t.Context(), u))
		u.SetLabels(nil)
		requireStatus(t, foo.Update(t.Context(), u), http.StatusForbidden, "is not for people to write")
		requireStatus(t, foo.Delete(t.Context(), u), http.StatusForbidden, "is not for people to write")
		require.NoError(t, addon.Delete(t.Context(), u))
	})

	generated := func(name, owner string) *unstructured.Unstructured {
		return object(t, `{apiVersion: config.projectsveltos.io/v1beta1, kind: ClusterProfile, metadata: {name: `+name+`, labels: {eventtrigger.lib.projectsveltos.io/eventtriggername: of-foo,
			eventtrigger.lib.projectsveltos.io/clustername: foo, projectsveltos.io/serviceaccount-name: `+owner+`, projectsveltos.io/serviceaccount-namespace: default}},
			spec: {clusterRefs: [{apiVersion: lib.projectsveltos.io/v1beta1, kind: SveltosCluster, namespace: gke, name: foo}]}}`)
	}
	apply := func(u *unstructured.Unstructured) error {
		return events.Apply(t.Context(), client.ApplyConfigurationFromUnstructured(u), client.ForceOwnership, client.FieldOwner("application/apply-patch"))
	}

	t.Run("event-manager applies what an EventTrigger says, again and again", func(t *testing.T) {
		for range 2 {
			require.NoError(t, apply(generated("sveltos-made", "foo")))
		}
		require.Equal(t, map[string]string{"projectsveltos.io/serviceaccount-name": "foo", "projectsveltos.io/serviceaccount-namespace": "default"},
			owner(t, admin, get(t, admin, "sveltos-made")))
	})

	t.Run("but not for another owner, nor over another's profile", func(t *testing.T) {
		requireStatus(t, apply(generated("sveltos-other", "bar")), http.StatusForbidden, `has another owner than EventTrigger "of-foo"`)
		requireStatus(t, apply(generated("platform", "foo")), http.StatusForbidden, `changes the owner labels of ClusterProfile "platform"`)
	})

	t.Run("a profile inside of what is deployed is not made", func(t *testing.T) {
		err := addon.Create(t.Context(), object(t, clusterProfile("trojan", "{}", "clusterSelector: {matchLabels: {org: bar.io}}")))
		requireStatus(t, err, http.StatusForbidden, "makes a ClusterProfile from no ClusterPromotion")
	})

	t.Run("the owner deletes, and the controller lets go", func(t *testing.T) {
		u := get(t, foo, "stamped")
		require.NoError(t, foo.Delete(t.Context(), u))
		u = get(t, addon, "stamped")
		before := client.MergeFrom(u.DeepCopy())
		u.SetFinalizers(nil)
		require.NoError(t, addon.Patch(t.Context(), u, before))
		require.True(t, apierrors.IsNotFound(admin.Get(t.Context(), client.ObjectKeyFromObject(u), u)))
		require.NoError(t, events.Delete(t.Context(), get(t, events, "sveltos-made")))
	})
}
