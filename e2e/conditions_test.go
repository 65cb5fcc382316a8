package e2e_test

import (
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/bailiwick-dev/bailiwick/api/v1alpha1"
	"github.com/bailiwick-dev/bailiwick/e2e/wired"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/watch"
)

// Roles, assignments and data centers tell whether they are in force, as soon as that changes.
func TestConditions(t *testing.T) {
	api := management(t)
	install(t, api, ourCRDs)
	scheme := runtime.NewScheme()
	require.NoError(t, v1alpha1.AddToScheme(scheme))
	admin, err := client.New(api.Admin(), client.Options{Scheme: scheme})
	require.NoError(t, err)
	rules := watch.Rules(policy.Fleet|policy.Here, &policy.Objects{})
	rules[""] = append(rules[""], rbacv1.PolicyRule{APIGroups: []string{policy.BailiwickGroup}, Verbs: []string{"update"},
		Resources: []string{"datacenters/status", "roleassignments/status", "roledefinitions/status"}})
	file := kubeconfig(t, api, "bailiwick", rules)
	first, second := server(t, "--kubeconfig", file), server(t, "--kubeconfig", file)
	require.NoError(t, first.Start(t.Context()))
	require.NoError(t, second.Start(t.Context()))

	conditionOf := func(name string) (*v1alpha1.RoleAssignment, string) {
		t.Helper()
		a := &v1alpha1.RoleAssignment{}
		require.NoError(t, admin.Get(t.Context(), client.ObjectKey{Name: name}, a))
		c := meta.FindStatusCondition(a.Status.Conditions, v1alpha1.ConditionReady)
		if c == nil || c.ObservedGeneration != a.Generation {
			return a, ""
		}
		return a, strings.TrimSpace(string(c.Status) + " " + c.Reason + " " + c.Message)
	}
	becomes := func(name, want string) {
		t.Helper()
		got := ""
		eventually(t, name+": "+want, func() bool { _, got = conditionOf(name); return got == want })
	}
	const ops = "subjects: [{kind: Group, name: ops}], object: {kind: System}"
	create := func(text string) {
		t.Helper()
		require.NoError(t, admin.Create(t.Context(), object(t, "{apiVersion: bailiwick.dev/v1alpha1, "+text)))
	}

	create("kind: RoleAssignment, metadata: {name: good}, spec: {roleRef: {name: UserRole}, " + ops + "}}")
	becomes("good", "True InForce")
	create("kind: RoleAssignment, metadata: {name: early}, spec: {roleRef: {name: operator}, " + ops + "}}")
	becomes("early", `False Problem spec.roleRef: there is no role "operator"`)
	create("kind: RoleAssignment, metadata: {name: over}, spec: {roleRef: {name: UserRole}, expires: \"2020-01-01T00:00:00Z\", " + ops + "}}")
	becomes("over", "False Ended spec.expires: the assignment ended at 2020-01-01T00:00:00Z; delete it, or set another time")
	create("kind: DataCenter, metadata: {name: lab}, spec: {clusterSelector: {matchLabels: {at: lab}}}}")
	create("kind: RoleDefinition, metadata: {name: operator}, spec: {type: User, actionGroups: [RUN_VM]}}")
	becomes("early", "True InForce")

	early, _ := conditionOf("early")
	require.NoError(t, admin.Patch(t.Context(), early.DeepCopy(), client.RawPatch("application/merge-patch+json", []byte(`{"spec": {"roleRef": {"name": "nothing"}}}`))))
	becomes("early", `False Problem spec.roleRef: there is no role "nothing"`)

	file = filepath.Join(t.TempDir(), "admin")
	require.NoError(t, api.Kubeconfig(api.Admin(), file))
	columns := func() string {
		out, err := exec.CommandContext(t.Context(), api.Kubectl(), "--kubeconfig", file, "get", "roleassignments,roledefinitions,datacenters", "--no-headers").CombinedOutput()
		require.NoError(t, err, "%s", out)
		return string(out)
	}
	eventually(t, "the column", func() bool {
		text := columns()
		return strings.Count(text, "True") == 3 && strings.Count(text, "False") == 2
	})

	// From here on only the first one writes, so what it has written it has compiled.
	second.Stop()
	create("kind: RoleAssignment, metadata: {name: a}, spec: {roleRef: {name: UserRole}, " + ops + "}}")
	becomes("a", "True InForce")
	before := generation(t, first)
	good, _ := conditionOf("good")
	good.Status = v1alpha1.Status{}
	require.NoError(t, admin.Status().Update(t.Context(), good))
	create("kind: RoleAssignment, metadata: {name: b}, spec: {roleRef: {name: UserRole}, " + ops + "}}")
	becomes("good", "True InForce")
	create("kind: RoleAssignment, metadata: {name: c}, spec: {roleRef: {name: UserRole}, " + ops + "}}")
	becomes("c", "True InForce")
	require.Equal(t, before+2, generation(t, first), "conditions make it compile nothing")
}

// generation counts the snapshots of a server.
func generation(t *testing.T, s *wired.Server) int {
	t.Helper()
	n, err := strconv.Atoi(metric(t, s, "bailiwick_snapshot_generation"))
	require.NoError(t, err)
	return n
}
