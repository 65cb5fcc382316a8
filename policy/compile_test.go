package policy_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
)

// Each case is a policy, the problems that it has, by the beginning of their text, and what is held in spite of them.
func TestProblems(t *testing.T) {
	files, err := filepath.Glob("testdata/problems/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		require.NoError(t, err)
		parts := map[string]string{}
		for _, f := range archive.Files {
			parts[f.Name] = string(f.Data)
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			objs, problems := read(t, parts["policy.yaml"])
			snap, more := policy.Compile(objs, policy.Options{Self: cluster, SelfLabels: map[string]string{"env": "x"}})
			problems = append(problems, more...)
			policy.SortProblems(problems)
			var got []string
			for _, p := range problems {
				got = append(got, string(p.Severity)+": "+p.String())
			}
			want := lines(parts["problems"])
			require.Len(t, got, len(want), strings.Join(got, "\n"))
			for i := range want {
				require.True(t, strings.HasPrefix(got[i], want[i]), "want %q, got %q", want[i], got[i])
			}
			for _, line := range lines(parts["holds"]) {
				ask, origin, _ := strings.Cut(line, " => ")
				f := strings.Fields(ask)
				grant := snap.Find(f[0], &policy.Ask{Verb: f[1], Resource: f[2]})
				require.NotNil(t, grant, line)
				require.Equal(t, origin, grant.Origin.String())
			}
		})
	}
}

var cluster = policy.ClusterRef{Kind: policy.KindSveltosCluster, Namespace: "gke", Name: "x"}

func read(t *testing.T, text string) (*policy.Objects, []policy.Problem) {
	t.Helper()
	objs := &policy.Objects{}
	return objs, load.Text(objs, "policy.yaml", []byte(text))
}

func lines(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == '\n' })
}

// randomPolicy is a policy of some tenants over few labels, roles and namespaces, so that they meet often.
func randomPolicy(r *rand.Rand, requests int) []string {
	var docs []string
	for i := range requests {
		docs = append(docs, fmt.Sprintf(`
apiVersion: lib.projectsveltos.io/v1beta1
kind: RoleRequest
metadata: {name: r%d}
spec:
  serviceAccountNamespace: default
  serviceAccountName: t%d
  clusterSelector: {matchLabels: {env: %c}}
  roleRefs: [{kind: ConfigMap, namespace: default, name: c%d}, {kind: ConfigMap, namespace: default, name: c%d}]
`, i, r.IntN(3), "xab"[r.IntN(3)], r.IntN(5), r.IntN(5)))
	}
	for i := range 5 {
		kind, meta := "ClusterRole", fmt.Sprintf("{name: role%d}", i)
		if r.IntN(2) == 0 {
			kind, meta = "Role", fmt.Sprintf("{name: role%d, namespace: n%d}", i, r.IntN(2))
		}
		docs = append(docs, fmt.Sprintf(`
apiVersion: v1
kind: ConfigMap
metadata: {namespace: default, name: c%d}
data:
  role: |
    {apiVersion: rbac.authorization.k8s.io/v1, kind: %s, metadata: %s, rules: [{apiGroups: [""], resources: [%s], verbs: [%s]}]}
`, i, kind, meta, []string{"pods", "secrets", "'*'"}[r.IntN(3)], []string{"get", "list", "'*'"}[r.IntN(3)]))
	}
	return docs
}

// requireInForce checks that nothing was left out. Warnings there may be: random roles get the same names.
func requireInForce(t *testing.T, problems []policy.Problem) {
	t.Helper()
	for _, p := range problems {
		require.Equal(t, policy.Warning, p.Severity, p.String())
	}
}

// answers is who holds what of all that can be asked about a random policy.
func answers(t *testing.T, docs []string) map[string]bool {
	t.Helper()
	objs, problems := read(t, strings.Join(docs, "---"))
	require.Empty(t, problems)
	snap, problems := policy.Compile(objs, policy.Options{Self: cluster, SelfLabels: map[string]string{"env": "x"}})
	requireInForce(t, problems)
	held := map[string]bool{}
	for tenant := range 3 {
		user := fmt.Sprintf("system:serviceaccount:projectsveltos:default--t%d", tenant)
		for _, verb := range []string{"get", "list", "delete"} {
			for _, resource := range []string{"pods", "secrets", "nodes"} {
				for _, ns := range []string{"", "n0", "n1"} {
					ask := policy.Ask{Verb: verb, Resource: resource, Namespace: ns}
					held[fmt.Sprint(user, ask)] = snap.Find(user, &ask) != nil
				}
			}
		}
	}
	return held
}

func TestOrderOfObjectsDoesNotMatter(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 100 {
		docs := randomPolicy(r, 6)
		want := answers(t, docs)
		r.Shuffle(len(docs), func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
		require.Equal(t, want, answers(t, docs))
	}
}

func TestAnotherRoleRequestNeverTakesAway(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	allowed := 0
	for range 100 {
		docs := randomPolicy(r, 6)
		more := answers(t, docs)
		for ask, held := range answers(t, docs[1:]) {
			if held {
				allowed++
				require.True(t, more[ask], ask)
			}
		}
	}
	require.Positive(t, allowed)
}
