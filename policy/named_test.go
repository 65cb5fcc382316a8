package policy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy"
)

const namings = `
{apiVersion: lib.projectsveltos.io/v1beta1, kind: RoleRequest, metadata: {name: a},
 spec: {serviceAccountNamespace: default, serviceAccountName: foo, clusterSelector: {matchLabels: {org: foo.io}}, roleRefs: [
  {kind: ConfigMap, namespace: grants, name: plain}, {kind: ConfigMap, namespace: grants, name: "x-{{ .ClusterName }}-{{ .ClusterNamespace }}-y"},
  {kind: Secret, namespace: "", name: anywhere}, {kind: Secret, namespace: "{{ .ClusterNamespace }}", name: "{{ .ClusterName }}"}]}}
---
{apiVersion: lib.projectsveltos.io/v1beta1, kind: RoleRequest, metadata: {name: b, annotations: {bailiwick.dev/expires: 2020-01-01T00:00:00Z}},
 spec: {serviceAccountNamespace: default, serviceAccountName: foo, clusterSelector: {matchLabels: {org: foo.io}}, roleRefs: [{kind: ConfigMap, namespace: grants, name: plain}]}}
---
{apiVersion: lib.projectsveltos.io/v1beta1, kind: SveltosCluster, metadata: {namespace: gke, name: c, labels: {org: foo.io}}, spec: {kubeconfigName: chosen}}
---
{apiVersion: lib.projectsveltos.io/v1beta1, kind: SveltosCluster, metadata: {namespace: gke, name: d}}
`

func TestRequestsNaming(t *testing.T) {
	objs, problems := read(t, namings)
	require.Empty(t, problems)
	snap, _ := policy.Compile(objs, policy.Options{})
	for ref, want := range map[policy.Ref][]string{
		{Kind: "ConfigMap", Namespace: "grants", Name: "plain"}:        {"a", "b"}, // also by one that has ended
		{Kind: "ConfigMap", Namespace: "grants", Name: "x-c-gke-y"}:    {"a"},
		{Kind: "ConfigMap", Namespace: "grants", Name: "x-later-ns-y"}: {"a"},
		{Kind: "Secret", Namespace: "gke", Name: "anywhere"}:           {"a"},
		{Kind: "Secret", Namespace: "other", Name: "anywhere"}:         {"a"},
		{Kind: "Secret", Namespace: "gke", Name: "c"}:                  {"a"},
		{Kind: "Secret", Namespace: "gke", Name: "d"}:                  nil, // nothing about such a name is fixed
		{Kind: "Secret", Namespace: "grants", Name: "plain"}:           nil,
		{Kind: "ConfigMap", Namespace: "default", Name: "plain"}:       nil,
		{Kind: "ConfigMap", Namespace: "grants", Name: "x-y"}:          nil,
		{Kind: "ConfigMap", Namespace: "grants", Name: "x-c-gke-z"}:    nil,
		{Kind: "ConfigMap", Namespace: "gke", Name: "anywhere"}:        nil,
	} {
		var names []string
		for _, rr := range snap.RequestsNaming(ref) {
			names = append(names, rr.Name)
		}
		require.Equal(t, want, names, ref)
	}
	require.Equal(t, []policy.Ref{{Kind: "Secret", Namespace: "gke", Name: "chosen"}}, snap.KubeconfigSecrets())
	require.Equal(t, []policy.Ref{{Kind: "ConfigMap", Namespace: "grants", Name: "plain"}, {Kind: "ConfigMap", Namespace: "grants", Name: "x-c-gke-y"},
		{Kind: "Secret", Namespace: "gke", Name: "anywhere"}, {Kind: "Secret", Namespace: "gke", Name: "c"}}, snap.Sources())
}
