package policy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy"
)

func TestParseServiceAccount(t *testing.T) {
	sa, ok := policy.ParseServiceAccount("system:serviceaccount:ns:name.with.dots")
	require.True(t, ok)
	require.Equal(t, policy.ServiceAccount{Namespace: "ns", Name: "name.with.dots"}, sa)
	for _, s := range []string{
		"", "foo", "system:serviceaccount:", "system:serviceaccount:ns", "system:serviceaccount:ns:", "system:serviceaccount::name",
		"system:serviceaccount:ns:name:more", "system:serviceaccount:ns:NAME", "system:serviceaccount:n.s:name",
		"system:serviceaccounts:ns:name", "xsystem:serviceaccount:ns:name", "oidc:user-of-twenty-two:ns:name", "system:serviceaccount:ns:name ",
	} {
		_, ok := policy.ParseServiceAccount(s)
		require.False(t, ok, "%q", s)
	}
}

func TestParseClusterRef(t *testing.T) {
	for _, s := range []string{"SveltosCluster:gke/production", "Cluster:default/c1"} {
		ref, err := policy.ParseClusterRef(s)
		require.NoError(t, err)
		require.Equal(t, s, ref.String())
	}
	for _, s := range []string{"", "production", "gke/production", "SveltosCluster:production", "SveltosCluster:/x", "SveltosCluster:x/", "SveltosCluster:a/b/c", "Node:a/b", "sveltoscluster:a/b"} {
		_, err := policy.ParseClusterRef(s)
		require.Error(t, err, "%q", s)
	}
}

func TestTrust(t *testing.T) {
	snap, _ := policy.Compile(&policy.Objects{}, policy.Options{PlatformUsers: []string{"root"}, PlatformGroups: []string{"ops"}, Controllers: []string{"argo"}})
	require.True(t, snap.IsPlatformAdmin(policy.Subject{Name: "x", Groups: []string{"a", "system:masters"}}))
	require.True(t, snap.IsPlatformAdmin(policy.Subject{Name: "root"}))
	require.True(t, snap.IsPlatformAdmin(policy.Subject{Name: "x", Groups: []string{"ops"}}))
	require.False(t, snap.IsPlatformAdmin(policy.Subject{Name: "ops", Groups: []string{"root"}}))
	require.True(t, snap.IsController("argo"))
	require.True(t, snap.IsController("system:serviceaccount:projectsveltos:addon-controller"))
	require.True(t, snap.IsController("system:serviceaccount:harvester-system:harvester"))
	require.False(t, snap.IsController("system:serviceaccount:default:addon-controller"))
}
