package policy_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// estate is a cluster of virtual machines, each with a claim, and assignments to many users and groups.
type estate struct{ machines, assignments int }

var (
	small = estate{20, 10}
	large = estate{20_000, 10_000}
)

// namespaceOf spreads machines over namespaces, of 20 each.
func (estate) namespaceOf(machine int) string { return fmt.Sprintf("ns%d", machine/20) }

func (e estate) objects() []obj {
	var all []obj
	for i := range e.machines {
		all = append(all, e.machine(i)...)
	}
	for i := range e.assignments {
		all = append(all, e.assignment(i))
	}
	return append(all, obj{"apiVersion": "lib.projectsveltos.io/v1beta1", "kind": "SveltosCluster", "metadata": obj{"namespace": "gke", "name": "one"}})
}

// machine is one with its claim. User creatorN made every tenth.
func (e estate) machine(i int) []obj {
	meta := obj{"namespace": e.namespaceOf(i), "name": fmt.Sprintf("vm%d", i), "uid": fmt.Sprintf("uid%d", i)}
	if i%10 == 0 {
		meta["annotations"] = obj{policy.CreatorAnnotation: fmt.Sprintf("creator%d", i)}
	}
	claim := fmt.Sprintf("disk%d", i)
	return []obj{
		{"apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine", "metadata": meta,
			"spec": obj{"template": obj{"spec": obj{"volumes": []obj{{"persistentVolumeClaim": obj{"claimName": claim}}}}}}},
		{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": obj{"namespace": e.namespaceOf(i), "name": claim}, "spec": obj{"storageClassName": "fast"}},
	}
}

// assignment gives userN a machine, and every fifth time groupN a namespace. The first ten are those that are asked about.
func (e estate) assignment(i int) obj {
	spec := obj{"roleRef": obj{"name": "UserVmManager"}, "subjects": []obj{{"kind": "User", "name": fmt.Sprintf("user%d", i%3000)}},
		"object": obj{"kind": "VirtualMachine", "namespace": e.namespaceOf(2 * i), "name": fmt.Sprintf("vm%d", 2*i), "uid": fmt.Sprintf("uid%d", 2*i)}}
	if i%5 == 4 {
		spec["subjects"] = []obj{{"kind": "Group", "name": fmt.Sprintf("group%d", i)}}
		spec["object"] = obj{"kind": "Namespace", "name": fmt.Sprintf("ns%d", i/5)}
	}
	return obj{"apiVersion": "bailiwick.dev/v1alpha1", "kind": "RoleAssignment", "metadata": obj{"name": fmt.Sprintf("ra%d", i)}, "spec": spec}
}

func readAll(tb testing.TB, objects []obj) *policy.Objects {
	tb.Helper()
	objs := &policy.Objects{}
	for _, o := range objects {
		raw, err := json.Marshal(o)
		require.NoError(tb, err)
		require.Empty(tb, objs.Add(raw, policy.Position{}))
	}
	return objs
}

var onOne = policy.Options{Self: policy.ClusterRef{Kind: policy.KindSveltosCluster, Namespace: "gke", Name: "one"}}

func (e estate) compile(tb testing.TB) *policy.Snapshot {
	tb.Helper()
	snap, problems := policy.Compile(readAll(tb, e.objects()), onOne)
	require.Empty(tb, problems)
	return snap
}

// someone asks with five groups, of which the last has the namespace ns0.
var someone = policy.Subject{Name: "user1", Groups: []string{"staff", "unix", "vpn", "system:authenticated", "group4"}}

// roleQuestions are asked of the hierarchy, the cheap and the dear.
var roleQuestions = []struct {
	name    string
	who     policy.Subject
	ask     policy.Ask
	allowed bool
}{
	{"on the machine", someone, policy.Ask{Verb: "update", Group: "subresources.kubevirt.io", Resource: "virtualmachines", Subresource: "start", Namespace: "ns0", Name: "vm2"}, true},
	{"on the namespace by the last group", someone, policy.Ask{Verb: "update", Group: "kubevirt.io", Resource: "virtualmachines", Namespace: "ns0", Name: "vm9"}, true},
	{"on a disk by its machine", someone, policy.Ask{Verb: "delete", Resource: "persistentvolumeclaims", Namespace: "ns0", Name: "disk2"}, true},
	{"because he made it", policy.Subject{Name: "creator10", Groups: someone.Groups[:4]}, policy.Ask{Verb: "get", Group: "subresources.kubevirt.io", Resource: "virtualmachineinstances", Subresource: "vnc", Namespace: "ns0", Name: "vm10"}, true},
	{"miss", someone, policy.Ask{Verb: "delete", Group: "kubevirt.io", Resource: "virtualmachines", Namespace: "ns1", Name: "vm21"}, false},
	{"miss with the most ways to be allowed", someone, policy.Ask{Verb: "patch", Group: "kubevirt.io", Resource: "virtualmachines", Namespace: "ns1", Name: "vm21"}, false},
	{"miss of what nobody assigns", someone, policy.Ask{Verb: "get", Resource: "secrets", Namespace: "ns1", Name: "x"}, false},
}

// BenchmarkRoleGrant is promised to take at most 2 µs, and the same time for 10,000 assignments and 20,000 machines as for 10
// and 20.
func BenchmarkRoleGrant(b *testing.B) {
	for _, e := range []estate{small, large} {
		snap := e.compile(b)
		for _, q := range roleQuestions {
			b.Run(fmt.Sprintf("%s/assignments=%d", q.name, e.assignments), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, allowed := snap.RoleGrant(q.who, &q.ask); allowed != q.allowed {
						b.Fatal(allowed)
					}
				}
			})
		}
	}
}

// A hit takes memory for its reason alone.
func TestRoleGrantHardlyAllocates(t *testing.T) {
	snap := small.compile(t)
	for _, q := range roleQuestions {
		most := 2.0
		if !q.allowed {
			most = 0
		}
		require.LessOrEqual(t, testing.AllocsPerRun(100, func() {
			if _, allowed := snap.RoleGrant(q.who, &q.ask); allowed != q.allowed {
				t.Fatal(q.name)
			}
		}), most, q.name)
	}
}

// BenchmarkCompileAssignments10k is promised to take at most 250 ms: 10,000 assignments, without the machines.
func BenchmarkCompileAssignments10k(b *testing.B) { benchmarkCompile(b, estate{0, 10_000}) }

// BenchmarkCompileEstate adds the inventory: 20,000 machines and their claims.
func BenchmarkCompileEstate(b *testing.B) { benchmarkCompile(b, large) }

func benchmarkCompile(b *testing.B, e estate) {
	b.Helper()
	objs := readAll(b, e.objects())
	b.ReportAllocs()
	for b.Loop() {
		if _, problems := policy.Compile(objs, onOne); len(problems) > 0 {
			b.Fatal(problems[0])
		}
	}
}

// BenchmarkBirth is what one more machine among 20,000 costs.
func BenchmarkBirth(b *testing.B) {
	before := readAll(b, large.objects())
	snap, problems := policy.Compile(before, onOne)
	require.Empty(b, problems)
	after := *before
	born := readAll(b, large.machine(large.machines))
	after.VirtualMachines = append(after.VirtualMachines, born.VirtualMachines...)
	after.Claims = append(after.Claims, born.Claims...)
	b.ReportAllocs()
	for b.Loop() {
		if snap.WithInventory(&after).VirtualMachine(large.namespaceOf(large.machines), "vm20000") == nil {
			b.Fatal("not there")
		}
	}
}
