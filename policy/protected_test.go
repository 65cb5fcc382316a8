package policy_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy"
)

func TestProtectedNamespaces(t *testing.T) {
	system := policy.SystemNamespaces()
	require.Len(t, slices.Compact(slices.Clone(system)), 44+3, "Harvester's own list, and three of Rancher's")
	require.NotContains(t, system, "harvester-public", "users see it")

	byItself := new(policy.Snapshot).ProtectedNamespaces()
	require.Len(t, byItself, len(system)+1)
	require.Subset(t, byItself, append(system, "harvester-public"))
	require.NotContains(t, byItself, "default", "Kubernetes itself keeps it")

	snap, _ := policy.Compile(&policy.Objects{}, policy.Options{ProtectedNamespaces: []string{"vault", "kube-system"}, BreakGlassGroups: []string{"rescue", "a"}})
	require.Len(t, snap.ProtectedNamespaces(), len(byItself)+1)
	require.True(t, slices.IsSorted(snap.ProtectedNamespaces()))
	require.Equal(t, []string{"a", "rescue"}, snap.BreakGlassGroups())
	require.True(t, snap.BreaksGlass(policy.Subject{Name: "x", Groups: []string{"b", "rescue"}}))
	require.False(t, snap.BreaksGlass(policy.Subject{Name: "rescue", Groups: []string{"system:masters"}}))
}

func TestControlPlane(t *testing.T) {
	for name, is := range map[string]bool{
		"system:kube-controller-manager": true, "system:apiserver": true, "system:serviceaccount:kube-system:namespace-controller": true,
		"system:admin": false, "system:node:harv1": false, "system:serviceaccount:kube-systems:x": false,
	} {
		require.Equal(t, is, policy.IsControlPlane(policy.Subject{Name: name}), name)
	}
	for _, group := range []string{"system:masters", "system:nodes"} {
		who := policy.Subject{Name: "x", Groups: []string{group}}
		require.False(t, policy.IsControlPlane(who), group)
		require.True(t, policy.IsEssential(who), group)
	}
}
