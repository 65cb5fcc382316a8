package policy_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
)

// rancherOf is a cluster with n bindings, half of them on the cluster and half in projects, of n/2 users; a project for
// ten bindings, with two namespaces; and Rancher's own templates, which inherit hundreds of rules.
func rancherOf(tb testing.TB, n int) *policy.Objects {
	tb.Helper()
	objs, problems, err := load.Paths(nil, "testdata/rancher")
	require.NoError(tb, err)
	require.Empty(tb, problems)
	for i := range max(2, n/10) {
		for _, half := range []string{"a", "b"} {
			ns := &policy.Namespace{}
			ns.Kind, ns.Metadata.Name = "Namespace", fmt.Sprintf("n%04d%s", i, half)
			ns.Metadata.Annotations = map[string]string{policy.ProjectAnnotation: fmt.Sprintf("c-m-x:p%04d", i)}
			objs.Namespaces = append(objs.Namespaces, ns)
		}
	}
	for i := range n / 2 {
		project, name := fmt.Sprintf("p%04d", i%max(2, n/10)), fmt.Sprintf("b%05d", i)
		objs.TemplateBindings = append(objs.TemplateBindings, clusterBinding(name, "cluster-member", fmt.Sprintf("u-%05d", i)))
		b := &policy.TemplateBinding{ProjectName: "c-m-x:" + project, RoleTemplateName: "project-member", UserName: fmt.Sprintf("u-%05d", i)}
		if i%2 == 1 {
			b.UserName, b.GroupPrincipalName = "", fmt.Sprintf("github_team://%d", i)
		}
		b.Kind, b.Metadata.Namespace, b.Metadata.Name = "ProjectRoleTemplateBinding", project, name
		objs.TemplateBindings = append(objs.TemplateBindings, b)
	}
	return objs
}

// ofTemplates are questions of the first user, and of somebody who holds what he does by the last of ten groups.
var ofTemplates = []struct {
	name    string
	who     policy.Subject
	ask     policy.Ask
	allowed bool
}{
	{"hit", policy.Subject{Name: "u-00000", Groups: []string{"system:authenticated", "system:cattle:authenticated"}},
		policy.Ask{Verb: "create", Group: "kubevirt.io", Resource: "virtualmachines", Namespace: "n0000a"}, true},
	{"miss", policy.Subject{Name: "u-00000", Groups: []string{"system:authenticated", "system:cattle:authenticated"}},
		policy.Ask{Verb: "create", Group: "kubevirt.io", Resource: "virtualmachines", Namespace: "kube-system"}, false},
	{"hit by a group of ten", policy.Subject{Name: "u-99999", Groups: tenGroups()},
		policy.Ask{Verb: "create", Group: "kubevirt.io", Resource: "virtualmachines", Namespace: "n0001a"}, true},
	{"miss with ten groups", policy.Subject{Name: "u-99999", Groups: tenGroups()},
		policy.Ask{Verb: "create", Group: "kubevirt.io", Resource: "virtualmachines", Namespace: "kube-system"}, false},
	{"stranger", policy.Subject{Name: "system:serviceaccount:a:b", Groups: []string{"system:serviceaccounts", "system:authenticated"}},
		policy.Ask{Verb: "create", Group: "kubevirt.io", Resource: "virtualmachines", Namespace: "n0000a"}, false},
}

func tenGroups() []string {
	groups := []string{"system:authenticated", "system:cattle:authenticated"}
	for i := range 7 {
		groups = append(groups, fmt.Sprintf("github_org://%d", i))
	}
	return append(groups, "github_team://1")
}

// BenchmarkTemplateGrant is promised to take at most 1 µs, and the same time beside ten bindings as beside ten thousand.
func BenchmarkTemplateGrant(b *testing.B) {
	for _, n := range []int{10, 10_000} {
		snap, problems := onCluster(rancherOf(b, n))
		require.Empty(b, problems)
		for _, q := range ofTemplates {
			b.Run(fmt.Sprintf("%s/bindings=%d", q.name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, allowed := snap.TemplateGrant(q.who, &q.ask); allowed != q.allowed {
						b.Fatal(allowed)
					}
				}
			})
		}
	}
}

// BenchmarkCompileBindings compiles 10,000 bindings and the 2,000 namespaces of 1,000 projects. Of 10,000 objects it is
// promised to take at most 250 ms.
func BenchmarkCompileBindings(b *testing.B) {
	objs := rancherOf(b, 10_000)
	b.ReportAllocs()
	for b.Loop() {
		if _, problems := onCluster(objs); len(problems) > 0 {
			b.Fatal(problems[0])
		}
	}
}

// The promise about allocations does not depend on the machine: one for the reason, if there is one.
func TestTemplateGrantHardlyAllocates(t *testing.T) {
	snap, problems := onCluster(rancherOf(t, 100))
	require.Empty(t, problems)
	for _, q := range ofTemplates {
		most := 0.0
		if q.allowed {
			most = 1
		}
		allocs := testing.AllocsPerRun(100, func() {
			if _, allowed := snap.TemplateGrant(q.who, &q.ask); allowed != q.allowed {
				t.Fatalf("%s: %t", q.name, allowed)
			}
		})
		require.LessOrEqual(t, allocs, most, q.name)
	}
}
