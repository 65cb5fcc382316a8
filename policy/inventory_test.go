package policy

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
)

func stored(t *testing.T, texts ...string) *Objects {
	t.Helper()
	objs := &Objects{}
	for _, text := range texts {
		require.Empty(t, objs.Add([]byte(text), Position{}))
	}
	return objs
}

const (
	assignedWeb = `{"apiVersion": "bailiwick.dev/v1alpha1", "kind": "RoleAssignment", "metadata": {"name": "web"},
		"spec": {"roleRef": {"name": "UserVmManager"}, "subjects": [{"kind": "User", "name": "bob"}],
			"object": {"kind": "VirtualMachine", "namespace": "a", "name": "web", "uid": "1"}}}`
	webOfAlice = `{"apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine", "metadata": {"namespace": "a", "name": "web", "uid": "1",
		"annotations": {"bailiwick.dev/creator": "alice"}}}`
	webOfCarol = `{"apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine", "metadata": {"namespace": "a", "name": "web", "uid": "2",
		"annotations": {"bailiwick.dev/creator": "carol"}}}`
	other = `{"apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine", "metadata": {"namespace": "b", "name": "other"}}`
)

// start is who may start the machine a/web.
func start(s *Snapshot) (may []string) {
	ask := &Ask{Verb: "update", Group: "subresources.kubevirt.io", Resource: "virtualmachines", Subresource: "start", Namespace: "a", Name: "web"}
	for _, user := range []string{"alice", "bob", "carol"} {
		if _, allowed := s.RoleGrant(Subject{Name: user}, ask); allowed {
			may = append(may, user)
		}
	}
	return may
}

// Rights on a machine come and go with it: those of who made it, and those that were assigned on it.
func TestInventoryFollowsTheObjects(t *testing.T) {
	born, problems := Compile(stored(t, assignedWeb, webOfAlice, other), Options{})
	require.Empty(t, problems)
	require.Equal(t, []string{"alice", "bob"}, start(born))

	gone := born.WithInventory(stored(t, other))
	require.Empty(t, start(gone))
	require.False(t, gone.IsAssigned(Subject{Name: "alice"}))
	require.True(t, gone.IsAssigned(Subject{Name: "bob"}))

	again := gone.WithInventory(stored(t, webOfCarol, other))
	require.Equal(t, []string{"carol"}, start(again), "another machine of its name")
	require.Equal(t, []string{"alice", "bob"}, start(born), "a snapshot does not change")
}

// A machine's birth indexes its namespace anew, and nothing of the policy.
func TestInventorySharesWhatStays(t *testing.T) {
	objs := stored(t, assignedWeb, other)
	before, _ := Compile(objs, Options{})
	born := *objs
	born.VirtualMachines = append(born.VirtualMachines, stored(t, webOfAlice).VirtualMachines...)
	after := before.WithInventory(&born)

	was, is := reflect.ValueOf(before).Elem(), reflect.ValueOf(after).Elem()
	for i := range was.NumField() {
		switch f := was.Type().Field(i); {
		case f.Name == "inventory":
		case f.Type.Kind() == reflect.Map, f.Type.Kind() == reflect.Pointer:
			require.Equal(t, was.Field(i).Pointer(), is.Field(i).Pointer(), f.Name)
		}
	}
	require.Equal(t, reflect.ValueOf(before.hierarchy.users).Pointer(), reflect.ValueOf(after.hierarchy.users).Pointer())
	require.Same(t, before.inventory.namespaces["b"], after.inventory.namespaces["b"])
	require.NotNil(t, after.VirtualMachine("a", "web"))
	require.Nil(t, before.VirtualMachine("a", "web"))
}
