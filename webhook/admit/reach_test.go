package admit_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/labels"
)

// Whatever a tenant writes, no cluster that his stored profile selects is outside of what he was granted. What a
// selector selects is told by apimachinery, not by our own engine.
func FuzzNoProfileReachesBeyond(f *testing.F) {
	for _, selector := range []string{
		"", " ", "org=foo.io", "org==foo.io,x", "org in (foo.io, bar.io)", "org!=bar.io", "!org", "env in (internal,test)",
		"env,env notin (production)", "env=internal,env!=internal", "x,!x", "env>1", "org=foo.io,\x00",
	} {
		f.Add(selector, "", "")
		f.Add(selector, "projectsveltos.io/admin-name", "foo")
	}
	f.Add("org=foo.io", "projectsveltos.io/serviceaccount-name", "zebra")
	snapshots := profilesOf(f)
	f.Fuzz(func(t *testing.T, selector, key, value string) {
		object, err := json.Marshal(map[string]any{"apiVersion": "config.projectsveltos.io/v1alpha1", "kind": "ClusterProfile",
			"metadata": map[string]any{"name": "p", "labels": map[string]string{key: value}},
			"spec":     map[string]any{"clusterSelector": selector}})
		require.NoError(t, err)
		req := request(t, write{user: foo, object: "{apiVersion: config.projectsveltos.io/v1alpha1, kind: ClusterProfile}"})
		req.Object.Raw = object
		got := submitRequest(t, snapshots, "profiles", req)
		if got.Refusal != nil {
			return
		}
		stored := struct {
			Metadata struct{ Labels labels.Set }
			Spec     struct{ ClusterSelector string }
		}{}
		require.NoError(t, json.Unmarshal([]byte(got.Object), &stored))
		require.Equal(t, "foo", stored.Metadata.Labels["projectsveltos.io/admin-name"])
		require.Equal(t, "foo", stored.Metadata.Labels["projectsveltos.io/serviceaccount-name"])
		require.Equal(t, "default", stored.Metadata.Labels["projectsveltos.io/serviceaccount-namespace"])
		selects, err := labels.Parse(stored.Spec.ClusterSelector)
		require.NoError(t, err)
		for _, cluster := range clusters() {
			granted := cluster["org"] == "foo.io" || cluster["env"] == "internal" || cluster["env"] == "test"
			// Unlike a selector of Kubernetes, an empty one selects nothing for Sveltos.
			require.False(t, !selects.Empty() && selects.Matches(cluster) && !granted, "%q selects %s", selector, cluster)
		}
	})
}

// clusters are label sets in all combinations of a few values, each key also absent.
func clusters() []labels.Set {
	sets := []labels.Set{{}}
	for key, values := range map[string][]string{"org": {"foo.io", "bar.io", ""}, "env": {"internal", "test", "production"}, "x": {"y", "1"}} {
		for _, set := range sets {
			for _, v := range values {
				sets = append(sets, labels.Merge(set, labels.Set{key: v}))
			}
		}
	}
	return sets
}
