package policy_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
)

// randomBindings is a policy of some users, groups and projects over few templates, so that they meet often. Some of
// its objects stand in it twice, with another content.
func randomBindings(r *rand.Rand) []string {
	var docs []string
	for i := range 6 {
		docs = append(docs, fmt.Sprintf(`
apiVersion: management.cattle.io/v3
kind: RoleTemplate
metadata: {name: t%d}
context: %s
external: %t
roleTemplateNames: [t%d]
rules: [{apiGroups: [""], resources: [%s], verbs: [%s]}]
`, i, []string{"cluster", "project"}[i%2], r.IntN(3) == 0, r.IntN(8),
			[]string{"pods", "nodes", "namespaces", "'*'"}[r.IntN(4)], []string{"get", "create", "'*'"}[r.IntN(3)]))
	}
	for i := range 8 {
		docs = append(docs, fmt.Sprintf(`
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: t%d}
rules: [{apiGroups: [""], resources: [%s], verbs: [get]}]
`, r.IntN(6), []string{"secrets", "services"}[i%2]), fmt.Sprintf(`
apiVersion: v1
kind: Namespace
metadata: {name: n%d, annotations: {field.cattle.io/projectId: "c-m-x:p%d"}}
`, r.IntN(3), r.IntN(3)))
	}
	for i := range 10 {
		docs = append(docs, randomBinding(r, i))
	}
	return docs
}

func randomBinding(r *rand.Rand, i int) string {
	subject := []string{"userName: u", "groupPrincipalName: g"}[r.IntN(2)]
	if r.IntN(2) == 0 {
		return fmt.Sprintf(`
apiVersion: management.cattle.io/v3
kind: ClusterRoleTemplateBinding
metadata: {name: b%d, namespace: c-m-x}
clusterName: c-m-x
roleTemplateName: t%d
%s%d
`, i, 2*r.IntN(3), subject, r.IntN(2))
	}
	project := r.IntN(3)
	return fmt.Sprintf(`
apiVersion: management.cattle.io/v3
kind: ProjectRoleTemplateBinding
metadata: {name: b%d, namespace: p%d}
projectName: c-m-x:p%d
roleTemplateName: t%d
%s%d
`, i, project, project, 2*r.IntN(3)+1, subject, r.IntN(2))
}

// grants is who may what, and why.
func grants(t *testing.T, docs []string) map[string]string {
	t.Helper()
	objs := &policy.Objects{}
	// Each document is a file of its own, so that its position does not depend on the order.
	for _, doc := range docs {
		require.Empty(t, load.Text(objs, doc, []byte(doc)))
	}
	snap, _ := onCluster(objs)
	held := map[string]string{}
	for _, who := range []policy.Subject{{Name: "u0"}, {Name: "u1", Groups: []string{"g0"}}, {Name: "x", Groups: []string{"g0", "g1"}}} {
		for _, verb := range []string{"get", "create", "delete"} {
			for _, resource := range []string{"pods", "nodes", "secrets", "services", "namespaces"} {
				for _, namespace := range []string{"", "n0", "n1", "n2"} {
					ask := policy.Ask{Verb: verb, Resource: resource, Namespace: namespace}
					if resource == "namespaces" {
						ask.Name = namespace
					}
					if reason, allowed := snap.TemplateGrant(who, &ask); allowed {
						held[fmt.Sprint(who, ask)] = reason
					}
				}
			}
		}
	}
	return held
}

func TestOrderOfBindingsDoesNotMatter(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	allowed := 0
	for range 200 {
		docs := randomBindings(r)
		want := grants(t, docs)
		allowed += len(want)
		r.Shuffle(len(docs), func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
		require.Equal(t, want, grants(t, docs), strings.Join(docs, "---"))
	}
	require.Positive(t, allowed)
}

func TestAnotherBindingNeverTakesAway(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 200 {
		docs := randomBindings(r)
		fewer := grants(t, docs)
		more := grants(t, append(docs, randomBinding(r, 99)))
		for ask := range fewer {
			require.Contains(t, more, ask)
		}
	}
}
