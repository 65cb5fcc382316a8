package admit_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	admissionregv1 "k8s.io/api/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// CVE-2023-22651: while Rancher's webhook could not be asked, nothing judged its roles and bindings.
func TestRolesAndBindingsWaitForTheGuards(t *testing.T) {
	_, validating := admit.Configurations(admit.Guards(), nil, byURL)
	for _, resource := range []string{"roletemplates", "globalroles", "clusterroletemplatebindings", "projectroletemplatebindings", "globalrolebindings"} {
		var waiting, passing []admissionregv1.ValidatingWebhook
		for _, w := range validating.Webhooks {
			for _, r := range w.Rules {
				if !slices.Equal(r.APIGroups, []string{policy.RancherGroup}) || !slices.Equal(r.Resources, []string{resource}) {
					continue
				}
				require.Equal(t, []admissionregv1.OperationType{admissionregv1.Create, admissionregv1.Update, admissionregv1.Delete}, r.Operations)
				if *w.FailurePolicy == admissionregv1.Fail {
					waiting = append(waiting, w)
				} else {
					passing = append(passing, w)
				}
			}
		}
		require.Len(t, waiting, 1, resource)
		require.Len(t, passing, 1, resource)
		among := "request.userInfo.username in ['" + strings.Join(policy.RancherControllers(), "', '") + "']"
		require.Equal(t, []admissionregv1.MatchCondition{{Name: "everybody-else", Expression: "!(" + among + ")"}}, waiting[0].MatchConditions[:1])
		require.Equal(t, []admissionregv1.MatchCondition{{Name: "unblocked", Expression: among}}, passing[0].MatchConditions)
	}
}

// Nobody can tell who holds what from a policy without RBAC, as that of a folder with roles only: it is said, and not
// taken for nothing.
func TestBindingWithoutRBAC(t *testing.T) {
	snapshots := compile(t, `{apiVersion: management.cattle.io/v3, kind: RoleTemplate, metadata: {name: r}, context: cluster, rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]}`, policy.Options{})
	got := submit(t, snapshots, "bindings", write{user: "u-a", object: clusterBinding("u-b")})
	require.Nil(t, got.Refusal)
	require.Equal(t, []string{`nobody checked whether you hold what RoleTemplate "r" on c-a gives: the policy knows no RBAC objects`}, got.Warnings)
}

func clusterBinding(user string) string {
	return fmt.Sprintf(`{apiVersion: management.cattle.io/v3, kind: ClusterRoleTemplateBinding, metadata: {namespace: c-a, name: new}, clusterName: c-a, roleTemplateName: r, userName: %s}`, user)
}

// BenchmarkBinding judges the binding of a role that its writer has on the cluster, among those of others: what it costs
// must not depend on how many there are.
func BenchmarkBinding(b *testing.B) {
	for _, others := range []int{10, 10_000} {
		b.Run(fmt.Sprint(others), func(b *testing.B) {
			snap := amongOthers(b, others).Load()
			req := request(b, write{user: "u-owner", object: clusterBinding("u-new")})
			guard := guardNamed(b, "bindings")
			b.ReportAllocs()
			for b.Loop() {
				q := &admit.Question{Snapshot: snap, Request: req, Who: policy.Subject{Name: "u-owner", Groups: []string{"system:authenticated"}}}
				for _, check := range guard.Checks {
					if v := check.Judge(q); v.Refusal != nil || len(v.Warnings) > 0 {
						b.Fatal(check.Name, v)
					}
				}
			}
		})
	}
}

// amongOthers is a cluster with an owner and many others who have a role there.
func amongOthers(t testing.TB, n int) policy.Holder {
	var text strings.Builder
	text.WriteString(`{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: x}, rules: [{apiGroups: [""], resources: [events], verbs: [get]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: x}, roleRef: {kind: ClusterRole, name: x}, subjects: [{kind: Group, name: "system:authenticated"}]}
---
{apiVersion: management.cattle.io/v3, kind: RoleTemplate, metadata: {name: r}, context: cluster, rules: [{apiGroups: [""], resources: [pods, services], verbs: [get, list]}]}
---
{apiVersion: management.cattle.io/v3, kind: RoleTemplate, metadata: {name: owner}, context: cluster, rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]}
---
{apiVersion: management.cattle.io/v3, kind: ClusterRoleTemplateBinding, metadata: {namespace: c-a, name: owner}, clusterName: c-a, roleTemplateName: owner, userName: u-owner}
`)
	for i := range n {
		fmt.Fprintf(&text, "---\n{apiVersion: management.cattle.io/v3, kind: ClusterRoleTemplateBinding, metadata: {namespace: c-a, name: b%d}, clusterName: c-a, roleTemplateName: r, userName: u-%d}\n", i, i)
	}
	return compile(t, text.String(), policy.Options{RancherCluster: policy.LocalCluster})
}

// Who has one of Rancher's own roles may give those that hold no more. A project's owner cannot give the role of a
// member, which Rancher has given rights since that the owner's lacks.
func TestBuiltinRolesInAProject(t *testing.T) {
	text := `{apiVersion: management.cattle.io/v3, kind: Project, metadata: {namespace: c-a, name: p-1}, spec: {clusterName: c-a}}
---
{apiVersion: management.cattle.io/v3, kind: ClusterRoleTemplateBinding, metadata: {namespace: c-a, name: o}, clusterName: c-a, roleTemplateName: cluster-owner, userName: u-cluster-owner}
---
{apiVersion: management.cattle.io/v3, kind: ProjectRoleTemplateBinding, metadata: {namespace: p-1, name: o}, projectName: "c-a:p-1", roleTemplateName: project-owner, userName: u-owner}
---
{apiVersion: management.cattle.io/v3, kind: ProjectRoleTemplateBinding, metadata: {namespace: p-1, name: m}, projectName: "c-a:p-1", roleTemplateName: project-member, userName: u-member}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: any}, roleRef: {kind: ClusterRole, name: view}, subjects: [{kind: User, name: any}]}
`
	for _, file := range []string{"builtin.yaml", "clusterroles.yaml"} {
		data, err := os.ReadFile(filepath.Join("../../policy/testdata/rancher", file))
		require.NoError(t, err)
		text += "---\n" + string(data)
	}
	snapshots := compile(t, text, policy.Options{RancherCluster: policy.LocalCluster})
	roles := []string{"project-owner", "project-member", "read-only", "admin", "edit", "view", "workloads-manage", "secrets-manage"}
	for who, want := range map[string][]string{
		"u-cluster-owner": roles,
		"u-owner":         {"project-owner", "read-only", "admin", "edit", "view", "workloads-manage"},
		"u-member":        {"project-member", "read-only", "edit", "view", "workloads-manage"},
		"u-nobody":        nil,
	} {
		var may []string
		for _, role := range roles {
			got := submit(t, snapshots, "bindings", write{user: who, object: fmt.Sprintf(`{apiVersion: management.cattle.io/v3, kind: ProjectRoleTemplateBinding, metadata: {namespace: p-1, name: new}, projectName: "c-a:p-1", roleTemplateName: %s, userName: u-new}`, role)})
			if got.Refusal == nil {
				may = append(may, role)
			}
		}
		require.Equal(t, want, may, who)
	}
}
