package admit

import (
	"fmt"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/component-helpers/auth/rbac/validation"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// givesWhatItsWriterHolds keeps anybody from giving away what he does not have: who writes a RoleRequest must hold every
// rule in the roles that it gives, on the whole cluster on which this runs, as if he wrote the roles himself. What
// cannot be read counts as everything: content that is not known here, and a name with a template in it, which means
// something else on every cluster to come.
//
// Free of it are, as in RBAC, system:masters and who holds the verb escalate or bind on roles of that kind.
//
// Upstream: kubernetes pkg/registry/rbac/clusterrole/policybased/storage.go; pkg/registry/rbac/validation.
func givesWhatItsWriterHolds(q *Question, rr, old *policy.RoleRequest) Verdict {
	if old != nil && q.grantsNoMore(rr, old) {
		return Verdict{}
	}
	g := newGiver(q)
	for _, ref := range rr.Spec.RoleRefs {
		source := policy.Ref(ref)
		roles, known := q.Snapshot.RolesIn(source)
		if !known {
			roles = []policy.RoleContent{{Ref: policy.Ref{Kind: "ClusterRole"}, Aggregates: true}}
		}
		if v := g.mayGive(source, known, roles, nil); v.Refusal != nil || len(v.Warnings) > 0 {
			return v
		}
	}
	return Verdict{}
}

// giver is what a user may give away.
type giver struct {
	free  map[string]bool // by kind of role: he may give anything
	held  []rbacv1.PolicyRule
	known bool
	work  int // comparisons that are left
}

func newGiver(q *Question) *giver {
	g := &giver{work: maxComparisons, known: q.Snapshot.KnowsRBAC(), held: q.Snapshot.RulesOf(q.Who, ""), free: map[string]bool{}}
	masters := slices.Contains(q.Who.Groups, "system:masters")
	for kind, resource := range map[string]string{"Role": "roles", "ClusterRole": "clusterroles"} {
		may := func(verb string) bool {
			return q.Snapshot.Holds(q.Who, &policy.Ask{Verb: verb, Group: rbacv1.GroupName, Resource: resource})
		}
		g.free[kind] = masters || may("escalate") || may("bind")
	}
	return g
}

// everything is what a role counts as of which not everything can be read.
var everything = []rbacv1.PolicyRule{
	{Verbs: []string{"*"}, APIGroups: []string{"*"}, Resources: []string{"*"}},
	{Verbs: []string{"*"}, NonResourceURLs: []string{"*"}},
}

// maxComparisons bounds how often one single right is compared with one rule that the user holds. Each verb, group,
// resource and name of a rule makes a right of its own, and a comparison takes a quarter of a microsecond: half a second.
const maxComparisons = 2_000_000

// mayGive judges the roles of one source. What stood in it before, by role, is not given now.
func (g *giver) mayGive(source policy.Ref, known bool, roles []policy.RoleContent, before map[policy.Ref][]rbacv1.PolicyRule) Verdict {
	for _, role := range roles {
		if g.free[role.Ref.Kind] {
			continue
		}
		if !g.known {
			return warn("nobody checked whether you hold what %s gives: the policy knows no RBAC objects", source)
		}
		rules := role.Rules
		if role.Aggregates {
			rules = everything
		}
		held := slices.Concat(g.held, before[role.Ref])
		if g.work -= size(rules) * max(1, len(held)); g.work < 0 {
			v := forbid("%s, in %s, has too many rules to compare with yours", role.Ref, source)
			v.Refusal.TooComplex = true
			return v
		}
		if ok, lacks := validation.Covers(held, rules); !ok {
			return forbid("%s gives what you do not hold yourself: %s", source, g.lacked(role, known, lacks))
		}
	}
	return Verdict{}
}

func (g *giver) lacked(role policy.RoleContent, known bool, lacks []rbacv1.PolicyRule) string {
	switch {
	case !known:
		return "it is not known here, so it may be anything"
	case role.Aggregates:
		return fmt.Sprintf("%s aggregates other roles, so it may be anything", role.Ref)
	}
	texts := make([]string, len(lacks))
	for i := range min(len(lacks), maxListed) {
		texts[i] = ruleText(&lacks[i])
	}
	return fmt.Sprintf("in %s, %s", role.Ref, some(texts))
}

// size counts the single rights in some rules.
func size(rules []rbacv1.PolicyRule) int {
	n := 0
	for i := range rules {
		r := &rules[i]
		n += len(r.Verbs) * (len(r.NonResourceURLs) + len(r.APIGroups)*len(r.Resources)*max(1, len(r.ResourceNames)))
	}
	return n
}

// ruleText says one right, as in `get secrets` or `patch deployments.apps "web"`.
func ruleText(r *rbacv1.PolicyRule) string {
	if len(r.NonResourceURLs) > 0 {
		return strings.Join(r.Verbs, ",") + " " + strings.Join(r.NonResourceURLs, ",")
	}
	text := strings.Join(r.Verbs, ",") + " " + strings.Join(r.Resources, ",")
	if group := strings.Join(r.APIGroups, ","); group != "" {
		text += "." + group
	}
	for _, name := range r.ResourceNames {
		text += fmt.Sprintf(" %q", name)
	}
	return text
}
