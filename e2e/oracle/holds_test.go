package oracle

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apiserver/pkg/authentication/user"
	kauthorizer "k8s.io/apiserver/pkg/authorization/authorizer"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// account asks as himself and as a member of groups.
var account = &user.DefaultInfo{Name: "system:serviceaccount:n0:foo", Groups: []string{"system:serviceaccounts", "g"}}

// subjects hold the account under every name, and others who look like it.
var subjects = []rbacv1.Subject{
	{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: account.Name},
	{Kind: rbacv1.GroupKind, APIGroup: rbacv1.GroupName, Name: "g"},
	{Kind: rbacv1.ServiceAccountKind, Name: "foo", Namespace: "n0"},
	{Kind: rbacv1.ServiceAccountKind, Name: "foo"}, // of the namespace of the binding
	{Kind: rbacv1.ServiceAccountKind, Name: "foo", Namespace: "n1"},
	{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: "g"},
	{Kind: rbacv1.GroupKind, APIGroup: rbacv1.GroupName, Name: account.Name},
}

// TestHoldsIsWhatRBACSays compares what guards take for the rights of a user with those that RBAC gives him, by Roles
// and bindings of the management cluster. Here "*" covers all verbs.
func TestHoldsIsWhatRBACSays(t *testing.T) {
	compare(t, func(r *rand.Rand, all *roles) pair {
		b := bindings(all, func() []rbacv1.Subject {
			return []rbacv1.Subject{subjects[r.IntN(len(subjects))], subjects[r.IntN(len(subjects))]}
		})
		by := upstream(all, b)
		return pair{account, holds(t, all, b), func(*kauthorizer.AttributesRecord) kauthorizer.Authorizer { return by }}
	})
}

// holds asks Snapshot.Holds.
func holds(t *testing.T, all *roles, b *bound) kauthorizer.Authorizer {
	t.Helper()
	objs := &policy.Objects{}
	add := func(o any) {
		raw, err := json.Marshal(o)
		require.NoError(t, err)
		require.Empty(t, objs.Add(raw, policy.Position{}))
	}
	for _, text := range all.texts(t) {
		add(json.RawMessage(text))
	}
	for _, o := range b.namespaced {
		o.APIVersion, o.Kind = rbacv1.SchemeGroupVersion.String(), "RoleBinding"
		add(o)
	}
	for _, o := range b.cluster {
		o.APIVersion, o.Kind = rbacv1.SchemeGroupVersion.String(), "ClusterRoleBinding"
		add(o)
	}
	snap, problems := policy.Compile(objs, policy.Options{})
	require.Empty(t, problems)
	return kauthorizer.AuthorizerFunc(func(_ context.Context, a kauthorizer.Attributes) (kauthorizer.Decision, string, error) {
		who := policy.Subject{Name: a.GetUser().GetName(), Groups: a.GetUser().GetGroups()}
		ask := policy.Ask{Verb: a.GetVerb(), Group: a.GetAPIGroup(), Resource: a.GetResource(), Subresource: a.GetSubresource(),
			Namespace: a.GetNamespace(), Name: a.GetName(), Path: a.GetPath(), NonResource: !a.IsResourceRequest()}
		if snap.Holds(who, &ask) {
			return kauthorizer.DecisionAllow, "", nil
		}
		return kauthorizer.DecisionNoOpinion, "", nil
	})
}
