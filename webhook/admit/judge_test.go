package admit_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// What is said of an object in a file is what the server says when it is created.
func TestCreateSaysWhatTheServerSays(t *testing.T) {
	snapshots := compile(t, `
apiVersion: lib.projectsveltos.io/v1beta1
kind: RoleRequest
metadata: {name: foo-access}
spec: {serviceAccountNamespace: default, serviceAccountName: foo, clusterSelector: {matchLabels: {env: lab}}}
`, policy.Options{})
	const profile = `{apiVersion: config.projectsveltos.io/v1beta1, kind: %s, metadata: {name: p%s}, spec: {clusterSelector: {matchLabels: {env: %s}}}}`
	objects := map[string]string{
		"inside":         fmt.Sprintf(profile, "ClusterProfile", "", "lab"),
		"outside":        fmt.Sprintf(profile, "ClusterProfile", "", "prod"),
		"of another":     fmt.Sprintf(profile, "ClusterProfile", ", labels: {projectsveltos.io/admin-name: bar}", "lab"),
		"namespaced":     fmt.Sprintf(profile, "Profile", ", namespace: team", "prod"),
		"no namespace":   fmt.Sprintf(profile, "Profile", "", "prod"),
		"a set":          `{apiVersion: lib.projectsveltos.io/v1beta1, kind: ClusterSet, metadata: {name: s}, spec: {clusterSelector: {matchLabels: {env: prod}}}}`,
		"a request":      `{apiVersion: lib.projectsveltos.io/v1beta1, kind: RoleRequest, metadata: {name: r}, spec: {clusterSelector: {matchLabels: {env: prod}}}}`,
		"a cluster":      `{apiVersion: lib.projectsveltos.io/v1beta1, kind: SveltosCluster, metadata: {name: c, namespace: gke, labels: {env: lab}}}`,
		"nobody's guard": `{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}}`,
	}
	guards := map[string]string{"a set": "sets", "a request": "rolerequests", "a cluster": "clusters"}
	refused := 0
	for name, object := range objects {
		for _, user := range []string{"system:serviceaccount:default:foo", "mallory", "system:serviceaccount:projectsveltos:addon-controller"} {
			t.Run(name+" by "+user, func(t *testing.T) {
				raw, err := yaml.YAMLToJSON([]byte(object))
				require.NoError(t, err)
				judgements, err := admit.Create(admit.Guards(), snapshots.Load(), policy.Subject{Name: user}, raw, time.Now())
				require.NoError(t, err)
				var said *admit.Refusal
				for _, j := range judgements {
					if said == nil {
						said = j.Refusal
					}
				}
				if name == "nobody's guard" {
					require.Empty(t, judgements)
					return
				}
				guard := guards[name]
				if guard == "" {
					guard = "profiles"
				}
				answer := submit(t, snapshots, guard, write{user: user, object: object})
				require.Equal(t, answer.Refusal == nil, said == nil, "%v", answer.Refusal)
				if said != nil {
					refused++
					require.Equal(t, answer.Refusal.Message, said.Message)
				}
			})
		}
	}
	require.Greater(t, refused, 8)
}
