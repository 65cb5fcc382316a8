package e2e_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	authzv1 "k8s.io/api/authorization/v1"

	"github.com/bailiwick-dev/bailiwick/e2e/controlplane"
	"github.com/bailiwick-dev/bailiwick/e2e/load"
	"github.com/bailiwick-dev/bailiwick/internal/replace"
)

// Files of the policy change five times a second: one comes, changes and goes, and is broken in between; one whose
// content is asked about breaks and is corrected. What has not changed is answered rightly all the time.
func TestReloadUnderLoad(t *testing.T) {
	const pace, quiet = 200 * time.Millisecond, 3 * time.Second
	dir := copyOf(t, "policy")
	s := start(t, dir, []controlplane.CRDSet{controlplane.Sveltos}, "--cluster", "SveltosCluster:gke/internal")
	admin := clientFor(t, s.Admin())
	letTenantsWriteProfiles(t, admin)
	asked := load.Ask(t, perSecond, func(int) load.Target { return load.Target{Address: s.Server.Address(), TLS: s.Server.TLS()} }, exampleQuestions(t)...)
	reviews, writes := startReviews(t, admin), startWrites(t, account(t, s, "default", "foo"))
	time.Sleep(quiet) // shows what requests take when nothing happens
	before := asked.Took()

	steps := policyChanges(t, dir)
	generation := counted(t, s, "bailiwick_snapshot_generation")
	changes, broken := 0, 0.0
	for ; asked.Answered.Load() < enough; changes++ {
		steps[changes%len(steps)].write(t, dir)
		time.Sleep(pace)
		broken = max(broken, counted(t, s, `bailiwick_problems{kind="",severity="error"}`))
	}
	requireAnswered(t, asked, reviews, writes)
	during := asked.Took()

	reloads := int(counted(t, s, "bailiwick_snapshot_generation") - generation)
	require.Greater(t, reloads, changes/2, "of %d changes", changes)
	require.Positive(t, broken, "broken files were read")
	for _, last := range []struct {
		step    change
		allowed bool
	}{{steps[0], true}, {steps[len(steps)-1], false}} {
		last.step.write(t, dir)
		eventually(t, "what the last change says", func() bool {
			answer, err := s.Server.Ask(t.Context(), authzv1.SubjectAccessReviewSpec{User: "system:serviceaccount:projectsveltos:zebra-ns--zebra",
				ResourceAttributes: &authzv1.ResourceAttributes{Verb: "list", Resource: "pods", Namespace: "zebra-ns"}})
			require.NoError(t, err)
			return answer.Allowed == last.allowed
		})
	}
	t.Logf("%d changes, %d reloads; %s while nothing changed, %s since; %d requests took 10 ms more than the slowest before",
		changes, reloads, times(before), times(during), longer(during, before[len(before)-1]+10*time.Millisecond))
}

// change is what a file says from now on; a file without text is removed.
type change struct{ file, text string }

// policyChanges come round: the first gives the tenant zebra something, after the last he has nothing.
func policyChanges(t *testing.T, dir string) []change {
	t.Helper()
	const coming, standing, cut = "zebra.yaml", "sharing.yaml", "\n---\n- [half"
	text, err := os.ReadFile(filepath.Join(dir, standing))
	require.NoError(t, err)
	return []change{
		{coming, grantOfZebra("[get, list]")},
		{standing, string(text) + cut},
		{coming, grantOfZebra("[get, list, watch]")},
		{standing, string(text)},
		{coming, grantOfZebra("['*']") + cut},
		{coming, ""},
	}
}

func grantOfZebra(verbs string) string {
	return `apiVersion: lib.projectsveltos.io/v1beta1
kind: RoleRequest
metadata: {name: zebra}
spec:
  serviceAccountNamespace: zebra-ns
  serviceAccountName: zebra
  clusterSelector: {matchLabels: {env: internal}}
  roleRefs: [{kind: ConfigMap, namespace: zebra-ns, name: zebra}]
---
apiVersion: v1
kind: ConfigMap
metadata: {namespace: zebra-ns, name: zebra}
data:
  role.yaml: |
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata: {namespace: zebra-ns, name: pods}
    rules: [{apiGroups: [""], resources: [pods], verbs: ` + verbs + `}]
`
}

// write replaces the file, or removes it.
func (c change) write(t *testing.T, dir string) {
	t.Helper()
	path := filepath.Join(dir, c.file)
	if c.text == "" {
		require.NoError(t, os.Remove(path))
		return
	}
	require.NoError(t, replace.File(path, 0o600, []byte(c.text)))
}
