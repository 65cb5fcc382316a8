package admit

import (
	"fmt"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/component-helpers/auth/rbac/validation"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// gift is some of what a write gives away, and what its writer holds where it is given.
type gift struct {
	by    string // what gives it, and where, as messages begin with it
	in    string // the part of that in which it stands, or ""
	rules []rbacv1.PolicyRule
	// anything says why the rules may be any, when not all of them can be read.
	anything string
	held     []rbacv1.PolicyRule
	// unless says who may give it all the same.
	unless string
}

// giver compares what a write gives with what its writer holds.
type giver struct {
	known bool // whose rights can be judged at all
	work  int  // comparisons that are left
}

func newGiver(q *Question) *giver { return &giver{known: q.Snapshot.KnowsRBAC(), work: maxComparisons} }

// everything is what a role counts as of which not everything can be read.
var everything = []rbacv1.PolicyRule{
	{Verbs: []string{"*"}, APIGroups: []string{"*"}, Resources: []string{"*"}},
	{Verbs: []string{"*"}, NonResourceURLs: []string{"*"}},
}

// maxComparisons bounds how often one single right is compared with one rule that the user holds. Each verb, group,
// resource and name of a rule makes a right of its own, and a comparison takes a quarter of a microsecond: half a second.
const maxComparisons = 2_000_000

// maxRights bounds how many rights of their own the rules may be taken apart into: each takes half a kilobyte.
const maxRights = 50_000

// mayGive keeps anybody from giving away what he does not have.
//
// Upstream: kubernetes pkg/registry/rbac/validation, ConfirmNoEscalation.
func (g *giver) mayGive(what gift) Verdict {
	rules := what.rules
	if what.anything != "" {
		rules = everything
	}
	rules = without(rules, what.held)
	switch {
	case len(rules) == 0:
		return Verdict{}
	case !g.known:
		return warn("nobody checked whether you hold what %s gives: the policy knows no RBAC objects", what.by)
	}
	rights := size(rules)
	if g.work -= rights * max(1, len(what.held)); rights > maxRights || g.work < 0 {
		v := forbid("%s has too many rules to compare with yours%s", what.by, hint(what.unless))
		v.Refusal.TooComplex = true
		return v
	}
	if ok, lacks := validation.Covers(what.held, rules); !ok {
		return forbid("%s gives what you do not hold yourself: %s%s", what.by, what.lacked(lacks), hint(what.unless))
	}
	return Verdict{}
}

// mayGiveAll judges several gifts of one write.
func (g *giver) mayGiveAll(gifts []gift) Verdict {
	for _, what := range gifts {
		if v := g.mayGive(what); v.Refusal != nil || len(v.Warnings) > 0 {
			return v
		}
	}
	return Verdict{}
}

func (what *gift) lacked(lacks []rbacv1.PolicyRule) string {
	if what.anything != "" {
		return what.anything + ", so it may be anything"
	}
	texts := make([]string, len(lacks))
	for i := range min(len(lacks), maxListed) {
		texts[i] = ruleText(&lacks[i])
	}
	if what.in == "" {
		return some(texts)
	}
	return "in " + what.in + ", " + some(texts)
}

// without leaves out the rules that are held as they stand, as when a role is given by whoever has it: they need not be
// taken apart. Among too many none is looked for.
func without(rules, held []rbacv1.PolicyRule) []rbacv1.PolicyRule {
	if len(rules)*len(held) > maxComparisons {
		return rules
	}
	return slices.DeleteFunc(slices.Clone(rules), func(rule rbacv1.PolicyRule) bool {
		return slices.ContainsFunc(held, func(h rbacv1.PolicyRule) bool { return sameRule(&rule, &h) })
	})
}

func sameRule(a, b *rbacv1.PolicyRule) bool {
	return slices.Equal(a.Resources, b.Resources) && slices.Equal(a.Verbs, b.Verbs) && slices.Equal(a.APIGroups, b.APIGroups) &&
		slices.Equal(a.ResourceNames, b.ResourceNames) && slices.Equal(a.NonResourceURLs, b.NonResourceURLs)
}

// size counts the single rights in some rules, as far as maxRights: four long lists make more than a number can hold.
func size(rules []rbacv1.PolicyRule) int {
	n := 0
	for i := range rules {
		r := &rules[i]
		objects := times(times(len(r.APIGroups), len(r.Resources)), max(1, len(r.ResourceNames)))
		n = min(n+times(objects+len(r.NonResourceURLs), len(r.Verbs)), maxRights+1)
	}
	return n
}

// times multiplies the lengths of lists, as far as maxRights.
func times(a, b int) int { return min(a*b, maxRights+1) }

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

// unknownText says that nobody can read what a role gives.
func unknownText(role policy.Ref) string { return role.String() + " is not known here" }

// isMaster says whether the user is in system:masters, whom RBAC does not bind.
func (q *Question) isMaster() bool { return slices.Contains(q.Who.Groups, "system:masters") }
