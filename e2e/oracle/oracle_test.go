package oracle

import (
	"cmp"
	"context"
	"flag"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apiserver/pkg/authentication/user"
	kauthorizer "k8s.io/apiserver/pkg/authorization/authorizer"
	rbacvalidation "k8s.io/kubernetes/pkg/registry/rbac/validation"
	"k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac"
)

var (
	cases = flag.Int("cases", 1_000_000, "how many random questions are asked; fewer with -short and under the race detector")
	seed  = flag.Uint64("seed", 0, "repeat the run of this seed (default: another one each time)")
)

// perPolicy is how many questions are asked about one set of roles.
const perPolicy = 400

var tenant = &user.DefaultInfo{Name: "system:serviceaccount:projectsveltos:tenants--foo"}

// TestRulesMeanWhatTheyMeanToRBAC asks both about the same rules: the RBAC authorizer, where roles are bound to a user,
// and ours, where a RoleRequest gives them to a tenant.
func TestRulesMeanWhatTheyMeanToRBAC(t *testing.T) {
	compare(t, func(_ *rand.Rand, all *roles) pair {
		plain, spelled := bind(all), bind(spelledOut(all))
		return pair{tenant, tenants(t, all), func(a *kauthorizer.AttributesRecord) kauthorizer.Authorizer {
			if strings.HasPrefix(a.Verb, "impersonate") {
				return spelled
			}
			return plain
		}}
	})
}

// pair is who asks, whom of ours he asks, and which authorizer of Kubernetes has to say the same.
type pair struct {
	who  user.Info
	ours kauthorizer.Authorizer
	want func(*kauthorizer.AttributesRecord) kauthorizer.Authorizer
}

// compare asks about many random roles, and holds that both say the same.
func compare(t *testing.T, prepare func(*rand.Rand, *roles) pair) {
	t.Helper()
	n := *cases
	if underRace || testing.Short() {
		n /= 50
	}
	seed := cmp.Or(*seed, rand.Uint64())
	t.Logf("%d cases, -seed %d", n, seed)
	r := rand.New(rand.NewPCG(seed, 0))
	allowed := 0
	for asked := 0; asked < n; asked += perPolicy {
		all := randomRoles(r)
		p := prepare(r, all)
		for range perPolicy {
			a := all.question(r, p.who)
			ours, want := decide(t, p.ours, a), decide(t, p.want(a), a)
			if ours != want {
				t.Fatalf("RBAC says %v, we say %v about\n%+v\nwith the roles\n%v", want, ours, *a, all.texts(t))
			}
			if ours == kauthorizer.DecisionAllow {
				allowed++
			}
		}
	}
	t.Logf("%d of them allowed", allowed)
	require.Greater(t, allowed, n/20, "too few questions meet a rule")
	require.Less(t, allowed, n*9/10, "too few questions miss")
}

func decide(t *testing.T, by kauthorizer.Authorizer, a kauthorizer.Attributes) kauthorizer.Decision {
	decision, reason, err := by.Authorize(context.Background(), a)
	if err != nil {
		t.Fatalf("%s: %v", reason, err)
	}
	return decision
}

// bind gives roles to the tenant as RBAC does.
func bind(all *roles) kauthorizer.Authorizer {
	toTenant := func() []rbacv1.Subject {
		return []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: tenant.Name}}
	}
	return upstream(all, bindings(all, toTenant))
}

// bound are the bindings of roles, each under the name of its role.
type bound struct {
	namespaced []*rbacv1.RoleBinding
	cluster    []*rbacv1.ClusterRoleBinding
}

func bindings(all *roles, subjects func() []rbacv1.Subject) *bound {
	var b bound
	for _, role := range all.namespaced {
		b.namespaced = append(b.namespaced, &rbacv1.RoleBinding{ObjectMeta: role.ObjectMeta, Subjects: subjects(),
			RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: role.Name}})
	}
	for _, role := range all.cluster {
		b.cluster = append(b.cluster, &rbacv1.ClusterRoleBinding{ObjectMeta: role.ObjectMeta, Subjects: subjects(),
			RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role.Name}})
	}
	return &b
}

func upstream(all *roles, b *bound) kauthorizer.Authorizer {
	_, static := rbacvalidation.NewTestRuleResolver(all.namespaced, b.namespaced, all.cluster, b.cluster)
	return rbac.New(static, static, static, static)
}

// spelledOut is the one documented difference: the verb "*" does not cover verbs of impersonation. About those RBAC is
// asked with the stars taken out of the verbs.
func spelledOut(all *roles) *roles {
	without := func(rules []rbacv1.PolicyRule) []rbacv1.PolicyRule {
		rules = slices.Clone(rules)
		for i := range rules {
			rules[i].Verbs = slices.DeleteFunc(slices.Clone(rules[i].Verbs), func(v string) bool { return v == rbacv1.VerbAll })
		}
		return rules
	}
	out := &roles{}
	for _, role := range all.namespaced {
		out.namespaced = append(out.namespaced, &rbacv1.Role{ObjectMeta: role.ObjectMeta, Rules: without(role.Rules)})
	}
	for _, role := range all.cluster {
		out.cluster = append(out.cluster, &rbacv1.ClusterRole{ObjectMeta: role.ObjectMeta, Rules: without(role.Rules)})
	}
	return out
}
