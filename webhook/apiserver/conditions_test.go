package apiserver_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	authzv1 "k8s.io/api/authorization/v1"
	internal "k8s.io/apiserver/pkg/apis/apiserver"
	"k8s.io/apiserver/pkg/apis/apiserver/validation"
	authorizationcel "k8s.io/apiserver/pkg/authorization/cel"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/apiserver"
)

// asked compiles the conditions as kube-apiserver does, and says whether it asks about a user.
func asked(t *testing.T) func(policy.Subject) bool {
	t.Helper()
	var conditions []internal.WebhookMatchCondition
	for _, c := range apiserver.Conditions("bailiwick-system") {
		conditions = append(conditions, internal.WebhookMatchCondition{Expression: c.Expression})
	}
	matcher, errs := validation.ValidateAndCompileMatchConditions(authorizationcel.NewDefaultCompiler(), conditions)
	require.Empty(t, errs)
	return func(who policy.Subject) bool {
		var answers []bool
		for _, spec := range []authzv1.SubjectAccessReviewSpec{
			{ResourceAttributes: &authzv1.ResourceAttributes{Verb: "list", Resource: "pods", Namespace: "a"}},
			{ResourceAttributes: &authzv1.ResourceAttributes{Verb: "impersonate-on:user-info:list", Resource: "pods"}},
			{NonResourceAttributes: &authzv1.NonResourceAttributes{Verb: "get", Path: "/metrics"}},
		} {
			spec.User, spec.Groups = who.Name, who.Groups
			got, err := matcher.Eval(t.Context(), &authzv1.SubjectAccessReview{Spec: spec})
			require.NoError(t, err, "%+v", who)
			answers = append(answers, got)
		}
		require.Len(t, slices.Compact(answers), 1, "who asks decides, and not what for: %+v", who)
		return answers[0]
	}
}

// authenticated is a user with the groups that kube-apiserver gives him.
func authenticated(name string, groups ...string) policy.Subject {
	parts := strings.Split(name, ":")
	switch {
	case len(parts) == 4 && parts[1] == "serviceaccount":
		groups = append(groups, "system:serviceaccounts", "system:serviceaccounts:"+parts[2])
	case len(parts) == 3 && parts[1] == "node":
		groups = append(groups, "system:nodes")
	}
	return policy.Subject{Name: name, Groups: append(groups, "system:authenticated")}
}

func TestWhoIsAskedAbout(t *testing.T) {
	asked := asked(t)
	for want, users := range map[bool][]policy.Subject{
		true: {
			authenticated("jane"), authenticated("u-abcde", "system:cattle:authenticated"), authenticated("oidc:system:masters"),
			authenticated("system:serviceaccount:default:foo"), authenticated("system:serviceaccount:projectsveltos:default--foo"),
			authenticated("system:serviceaccount:kube-systems:x"), authenticated("system:serviceaccount:cattle-system:cattle"),
			authenticated("systems:jane"), {Name: "nobody"}, {},
		},
		false: {
			authenticated("admin", "system:masters"), authenticated("system:node:a"), authenticated("system:kube-scheduler"),
			authenticated("system:apiserver", "system:masters"), {Name: "system:anonymous", Groups: []string{"system:unauthenticated"}},
			authenticated("system:bootstrap:abcdef", "system:bootstrappers"), authenticated("system:serviceaccount:kube-system:namespace-controller"),
			authenticated("system:serviceaccount:bailiwick-system:bailiwick"),
			authenticated("system:serviceaccount:cattle-impersonation-system:cattle-impersonation-u-abcde"),
		},
	} {
		for _, who := range users {
			require.Equal(t, want, asked(who), "%+v", who)
		}
	}
}

// Whoever a guardrail does not apply to is not asked about, whatever groups an administrator bound him to.
func TestNobodyEssentialIsAskedAbout(t *testing.T) {
	asked := asked(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	one := func(list ...string) string { return list[r.IntN(len(list))] }
	essential := 0
	for range 5000 {
		who := authenticated(one("jane", "", "system:", "system:serviceaccount:", "system:node:", "system:kube-")+one("", "kube-system", "default", "a")+one("", ":", ":b"),
			one("tenants", "system:masters", "system:nodes", "devs"))
		if policy.IsEssential(who) {
			essential++
			require.False(t, asked(who), "%+v", who)
		}
	}
	require.Greater(t, essential, 1000)
}
