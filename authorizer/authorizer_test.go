package authorizer_test

import (
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apiserver/pkg/authentication/user"
	k8sauthorizer "k8s.io/apiserver/pkg/authorization/authorizer"

	"github.com/bailiwick-dev/bailiwick/authorizer"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
)

const foo = "system:serviceaccount:projectsveltos:default--foo"

func examples(t *testing.T) *atomic.Pointer[policy.Snapshot] {
	t.Helper()
	b, err := load.NewReader("../examples/policy").Read()
	require.NoError(t, err)
	snap, problems := policy.Compile(b.Objects, policy.Options{Self: policy.ClusterRef{Kind: "SveltosCluster", Namespace: "gke", Name: "internal"}})
	require.Empty(t, problems)
	var p atomic.Pointer[policy.Snapshot]
	p.Store(snap)
	return &p
}

func list(name string, groups ...string) *k8sauthorizer.AttributesRecord {
	return &k8sauthorizer.AttributesRecord{User: &user.DefaultInfo{Name: name, Groups: groups},
		Verb: "list", Resource: "pods", Namespace: "foo-eng", ResourceRequest: true}
}

// denyAll is a guardrail as broken as one can be.
func denyAll(k8sauthorizer.Attributes) string { return "a broken guardrail" }

func TestGuardrailsDenyWhateverWasGranted(t *testing.T) {
	decision, reason, err := authorizer.New(examples(t), authorizer.Options{}).Authorize(t.Context(), list(foo))
	require.NoError(t, err)
	require.Equal(t, k8sauthorizer.DecisionAllow, decision, reason)

	passes := func(k8sauthorizer.Attributes) string { return "" }
	decision, reason, err = authorizer.New(examples(t), authorizer.Options{Guardrails: []authorizer.Guardrail{passes, denyAll}}).Authorize(t.Context(), list(foo))
	require.NoError(t, err)
	require.Equal(t, k8sauthorizer.DecisionDeny, decision)
	require.Equal(t, "denied by a broken guardrail", reason)
}

// A cluster must stay runnable and repairable under a guardrail that denies everything.
func TestGuardrailsCannotLockACluster(t *testing.T) {
	authz := authorizer.New(examples(t), authorizer.Options{Guardrails: []authorizer.Guardrail{denyAll}})
	for _, who := range []*k8sauthorizer.AttributesRecord{
		list("admin", "system:masters", "system:authenticated"),
		list("kubernetes-admin", "system:masters"),
		list("system:node:n1", "system:nodes"),
		list("system:node:n1"),
		list("system:kube-controller-manager"),
		list("system:kube-scheduler"),
		list("system:kube-proxy"),
		list("system:apiserver", "system:masters"),
		list("system:apiserver"),
		list("system:serviceaccount:kube-system:generic-garbage-collector", "system:serviceaccounts", "system:serviceaccounts:kube-system"),
		list("system:serviceaccount:kube-system:coredns"),
	} {
		decision, reason, err := authz.Authorize(t.Context(), who)
		require.NoError(t, err)
		require.Equal(t, k8sauthorizer.DecisionNoOpinion, decision, "%s: %s", who.User.GetName(), reason)
	}
	for _, who := range []*k8sauthorizer.AttributesRecord{
		list("alice"),
		list("system:anonymous", "system:unauthenticated"),
		list("system:serviceaccount:kube-systems:x"),
		list("system:serviceaccount:default:kube-system"),
		list("masters", "system:master"),
	} {
		decision, _, err := authz.Authorize(t.Context(), who)
		require.NoError(t, err)
		require.Equal(t, k8sauthorizer.DecisionDeny, decision, who.User.GetName())
	}
}

func TestNoSnapshotIsNoOpinion(t *testing.T) {
	var none atomic.Pointer[policy.Snapshot]
	decision, _, err := authorizer.New(&none, authorizer.Options{}).Authorize(t.Context(), list(foo))
	require.Error(t, err)
	require.Equal(t, k8sauthorizer.DecisionNoOpinion, decision)
}
