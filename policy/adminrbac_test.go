package policy_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// clusters are those that the tenants of random policies select.
const clusters = `
apiVersion: lib.projectsveltos.io/v1beta1
kind: SveltosCluster
metadata: {namespace: gke, name: x, labels: {env: x}}
---
apiVersion: lib.projectsveltos.io/v1beta1
kind: SveltosCluster
metadata: {namespace: gke, name: a, labels: {env: a}}
---
apiVersion: cluster.x-k8s.io/v1beta2
kind: Cluster
metadata: {namespace: gke, name: b, labels: {env: b}}
`

func compiled(t *testing.T, docs []string, self policy.ClusterRef) *policy.Snapshot {
	t.Helper()
	objs, problems := read(t, strings.Join(docs, "---"))
	require.Empty(t, problems)
	snap, problems := policy.Compile(objs, policy.Options{Self: self})
	requireInForce(t, problems)
	return snap
}

// Whoever may do something on a cluster has a row that says so, and the other way round.
func TestAdminRBACIsWhatTheClustersAllow(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	allowed := 0
	for range 50 {
		docs := append(randomPolicy(r, 6), clusters)
		rows := compiled(t, docs, policy.ClusterRef{}).AdminRBAC()
		for _, self := range []policy.ClusterRef{{Kind: "SveltosCluster", Namespace: "gke", Name: "x"}, {Kind: "Cluster", Namespace: "gke", Name: "b"}} {
			snap := compiled(t, docs, self)
			for q := range 3 * 3 * 3 * 3 {
				tenant := fmt.Sprintf("default/t%d", q%3)
				ask := policy.Ask{Verb: []string{"get", "list", "delete"}[q/3%3], Resource: []string{"pods", "secrets", "nodes"}[q/9%3], Namespace: []string{"", "n0", "n1"}[q/27%3]}
				inside := "system:serviceaccount:projectsveltos:" + strings.Replace(tenant, "/", "--", 1)
				shown := slices.ContainsFunc(rows, func(row policy.AdminRule) bool { return row.Cluster == self && row.Admin == tenant && says(row, ask) })
				held := snap.Find(inside, &ask) != nil
				require.Equal(t, held, shown, "%s on %s: %+v", tenant, self, ask)
				if held {
					allowed++
				}
			}
		}
	}
	require.Positive(t, allowed)
}

// says reads a row as a person does.
func says(row policy.AdminRule, ask policy.Ask) bool {
	has := func(list []string, word string) bool {
		return slices.Contains(list, "*") || slices.Contains(list, word)
	}
	return row.Stale == "" && has(row.Rule.Verbs, ask.Verb) && has(row.Rule.APIGroups, ask.Group) && has(row.Rule.Resources, ask.Resource) &&
		(row.Namespace == "" || row.Namespace == ask.Namespace)
}

func TestAdminRBACDoesNotDependOnTheOrderOfObjects(t *testing.T) {
	r := rand.New(rand.NewPCG(rand.Uint64(), 0))
	for range 50 {
		docs := append(randomPolicy(r, 6), strings.Split(clusters, "---")...)
		before := compiled(t, docs, policy.ClusterRef{})
		r.Shuffle(len(docs), func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
		after := compiled(t, docs, policy.ClusterRef{})
		require.Equal(t, before.AdminRBAC(), after.AdminRBAC())
		require.Equal(t, before.Bailiwicks(), after.Bailiwicks())
	}
}
