package policy_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReplaceTakesThePlaceOfWhatHasTheSameName(t *testing.T) {
	old, _ := read(t, `
{apiVersion: lib.projectsveltos.io/v1beta1, kind: SveltosCluster, metadata: {namespace: gke, name: a, labels: {env: old}}}
---
{apiVersion: cluster.x-k8s.io/v1beta2, kind: Cluster, metadata: {namespace: gke, name: a, labels: {env: other kind}}}
---
{apiVersion: lib.projectsveltos.io/v1beta1, kind: SveltosCluster, metadata: {namespace: gke, name: b}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {namespace: gke, name: a}}
`)
	changed, _ := read(t, `
{apiVersion: lib.projectsveltos.io/v1beta1, kind: SveltosCluster, metadata: {namespace: gke, name: a, labels: {env: new}}}
---
{apiVersion: lib.projectsveltos.io/v1beta1, kind: SveltosCluster, metadata: {namespace: gke, name: c}}
`)
	old.Replace(changed)
	labels := map[string]string{}
	for _, c := range old.Clusters {
		labels[c.Kind+" "+c.Metadata.Name] = c.Metadata.Labels["env"]
	}
	require.Equal(t, map[string]string{"SveltosCluster a": "new", "SveltosCluster b": "", "SveltosCluster c": "", "Cluster a": "other kind"}, labels)
	require.Equal(t, map[string]int{"SveltosCluster": 3, "Cluster": 1, "ConfigMap": 1}, old.Counts())
}
