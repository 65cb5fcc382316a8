package admit_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// A rule of four lists is the product of their lengths in single rights, in an object of a few kilobytes: more than fit
// into memory, and with 65,536 in each list a number that is zero.
func TestRoleThatIsTooLarge(t *testing.T) {
	snapshots := compile(t, limitsPolicy, policy.Options{RancherCluster: policy.LocalCluster})
	for _, n := range []int{20, 1 << 16} {
		list := "[" + strings.TrimSuffix(strings.Repeat(`"a",`, n), ",") + "]"
		rule := fmt.Sprintf(`{"verbs":%[1]s,"apiGroups":%[1]s,"resources":%[1]s,"resourceNames":%[1]s}`, list)
		for name, object := range map[string]string{
			"RoleTemplate": templateOf(rule),
			"GlobalRole":   `{"apiVersion":"management.cattle.io/v3","kind":"GlobalRole","metadata":{"name":"r"},"rules":[` + rule + `]}`,
		} {
			t.Run(fmt.Sprintf("%s of lists of %d", name, n), func(t *testing.T) {
				var told []admit.Outcome
				h := &admit.Handler{Guard: guardNamed(t, "roletemplates"), Snapshots: snapshots, Observe: observed(&told)}
				resp := review(t, h, request(t, write{user: "u-a", object: object}))
				require.False(t, resp.Allowed)
				require.Contains(t, resp.Result.Message, `"r" has too many rules to compare with yours`)
				require.Equal(t, []admit.Outcome{admit.TooComplex}, told)
			})
		}
	}
}

// What one answer says is bounded, however much is wrong, and so is what is compared to tell new mistakes from old ones.
func TestRoleWithManyMistakes(t *testing.T) {
	snapshots := compile(t, limitsPolicy, policy.Options{RancherCluster: policy.LocalCluster})
	many := func(rule string) string { return strings.TrimSuffix(strings.Repeat(rule+",", 20_000), ",") }
	const right, other = `{"verbs":["a"],"apiGroups":[""],"resources":["b"]}`, `{"verbs":["a"],"apiGroups":[""],"resources":["c"]}`

	got := submit(t, snapshots, "roletemplates", write{user: "u-a", object: templateOf(many(`{"verbs":[]}`)), old: templateOf(many(right))})
	require.Len(t, got.Refusal.Details.Causes, 20)
	got = submit(t, snapshots, "roletemplates", write{user: "u-a", object: templateOf(many(other)), old: templateOf(many(right))})
	require.Contains(t, got.Refusal.Message, "too many rules to compare with yours")

	names := make([]string, 20_000)
	for i := range names {
		names[i] = fmt.Sprintf("r%d", i)
	}
	got = submit(t, snapshots, "roletemplates", write{user: "u-a", object: `{apiVersion: management.cattle.io/v3, kind: RoleTemplate, metadata: {name: r}, context: cluster, roleTemplateNames: [` + strings.Join(names, ", ") + `]}`})
	require.NotNil(t, got.Refusal)
	require.Len(t, got.Warnings, 4)
}

const limitsPolicy = `{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: x}, rules: [{apiGroups: [""], resources: [events], verbs: [get]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: x}, roleRef: {kind: ClusterRole, name: x}, subjects: [{kind: User, name: u-a}]}
`

func templateOf(rules string) string {
	return `{"apiVersion":"management.cattle.io/v3","kind":"RoleTemplate","metadata":{"name":"r"},"context":"cluster","rules":[` + rules + `]}`
}
