package policy

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// roleGrants yields what RoleGrant answers from assignments, as far as RBAC has words for it: what the request tells
// without its body, on the object itself or on all that is under it. What hangs on it by a relation that only the objects
// tell, as the disks of a machine, is not among it, nor is what users made.
func (s *Snapshot) roleGrants() iter.Seq[HeldRole] {
	return func(yield func(HeldRole) bool) {
		for _, user := range slices.Sorted(maps.Keys(s.hierarchy.users)) {
			if !s.takesNoRoles(Subject{Name: user}) && !s.rolesOf(s.hierarchy.users[user], userSubject(user), "", yield) {
				return
			}
		}
		for _, group := range slices.Sorted(maps.Keys(s.hierarchy.groups)) {
			if !s.takesNoRoles(Subject{Groups: []string{group}}) && !s.rolesOf(s.hierarchy.groups[group], groupSubject(group), s.onlySomeOf(group), yield) {
				return
			}
		}
	}
}

func (s *Snapshot) rolesOf(a *assigned, subject rbacv1.Subject, only string, yield func(HeldRole) bool) bool {
	for _, p := range slices.SortedFunc(maps.Keys(a.on), place.compare) {
		for i := range a.on[p] {
			as := &a.on[p][i]
			for _, h := range s.plain(as, p) {
				switch {
				case h.Only != "":
				case only != "":
					h.Only = only
				case as.ends != "":
					h.Only = "the time until " + as.ends
				}
				if h.Subject = subject; !yield(h) {
					return false
				}
			}
		}
	}
	return true
}

func (p place) compare(o place) int {
	return cmp.Or(cmp.Compare(p.on, o.on), strings.Compare(p.namespace, o.namespace), strings.Compare(p.name, o.name))
}

// plain is what a role on a place gives as RBAC, in the scopes in which it has to be bound, and what of it is left out.
func (s *Snapshot) plain(as *assignment, p place) []HeldRole {
	all := plainRules{Snapshot: s, assignment: as, at: p, scopes: map[string][]rbacv1.PolicyRule{}, left: map[string][]string{}}
	all.addOwn()
	if !as.super || p != theSystem {
		for i := range allRules {
			all.add(&allRules[i])
		}
	}
	var list []HeldRole
	for _, namespace := range slices.Sorted(maps.Keys(all.scopes)) {
		list = append(list, HeldRole{Namespace: namespace, Rules: all.scopes[namespace], By: as.by, Role: as.via})
	}
	for _, only := range slices.Sorted(maps.Keys(all.left)) {
		list = append(list, HeldRole{Rules: everything, Role: as.Name + " (" + strings.Join(all.left[only], ", ") + ")", Only: only})
	}
	return list
}

// allRules are all that action groups allow, and what roles let their holders read.
var allRules = func() []ovirt.Rule {
	var rules []ovirt.Rule
	for on := ovirt.AnyObject; on <= ovirt.VnicProfile; on++ {
		rules = slices.AppendSeq(rules, ovirt.RulesOf(ovirt.AllGroups, on))
		rules = slices.AppendSeq(rules, ovirt.Reads(on))
	}
	return rules
}()

// plainRules collects the rules of one role on one place.
type plainRules struct {
	*Snapshot
	*assignment
	at     place
	scopes map[string][]rbacv1.PolicyRule // by namespace; "" is the whole cluster
	left   map[string][]string            // what is left out, by what RBAC cannot narrow it to
}

// addOwn adds the rules that no action group has.
func (c *plainRules) addOwn() {
	rules := c.rulesOn(c.at)
	switch {
	case c.at.on == ovirt.Namespace && len(rules) > 0:
		if !c.isThere("namespaces") {
			return
		}
	case c.at != theSystem && c.at != theDataCenter && c.at != theCluster:
		if c.at.on != ovirt.DataCenter && c.at.on != ovirt.Cluster && len(rules) > 0 {
			c.leave("requests about the very object", "its rules")
		}
		return
	}
	for _, rule := range rules {
		// No object has paths.
		c.scopes[c.at.namespaceOf()] = append(c.scopes[c.at.namespaceOf()], effective(Grant{Rule: rule, Namespace: "any"})...)
	}
	if len(c.scopes[c.at.namespaceOf()]) == 0 {
		delete(c.scopes, c.at.namespaceOf())
	}
}

// add adds what a rule allows at the place: for all objects under it, or for itself by name.
func (c *plainRules) add(r *ovirt.Rule) {
	if !c.Meets(r.Requirement) {
		return
	}
	forAll := slices.Contains(c.way(nil, &r.Requirement, &Ask{Namespace: c.at.namespaceOf()}), c.at)
	for _, resource := range r.Resources {
		switch kind, _, _ := strings.Cut(resource, "/"); {
		case !forAll && !c.isNamed(r, kind) && !c.isTold(r):
		case r.Told != ovirt.Request:
			c.leave("what guards read in the body of a request", r.Group.String())
		case resource == rbacv1.ResourceAll:
			c.leave("resources without their subresources", r.APIGroup)
		case !c.isThere(kind):
		case forAll:
			c.put(c.at.namespaceOf(), rbacv1.PolicyRule{Verbs: r.Verbs, APIGroups: []string{r.APIGroup}, Resources: []string{resource}})
		default:
			c.put(c.at.namespace, rbacv1.PolicyRule{Verbs: r.Verbs, APIGroups: []string{r.APIGroup}, Resources: []string{resource}, ResourceNames: []string{c.name()}})
		}
	}
}

// isTold says whether the rule is about objects of which only the body tells that they belong to the place.
func (c *plainRules) isTold(r *ovirt.Rule) bool {
	return judgedAgain(&r.Requirement) && (r.On == c.at.on || r.On == ovirt.AnyObject)
}

// isNamed says whether a request for a resource that names the place meets the rule there.
func (c *plainRules) isNamed(r *ovirt.Rule, resource string) bool {
	if r.On != c.at.on || r.Place != ovirt.Named && r.Place != ovirt.Itself {
		return false
	}
	way := c.way(nil, &r.Requirement, &Ask{Namespace: c.at.namespace, Name: c.name(), Resource: resource})
	return len(way) > 0 && way[0] == c.at
}

// name is that of the object at the place.
func (c *plainRules) name() string {
	if _, name, ok := strings.Cut(c.at.name, ":"); ok && c.at.on == ovirt.Cluster {
		return name
	}
	return c.at.name
}

// isThere says whether a name is enough to tell the object that is meant.
func (c *plainRules) isThere(resource string) bool {
	if c.isOf(c.inventory, c.at, &Ask{Resource: resource}) {
		return true
	}
	if !slices.ContainsFunc(slices.Collect(c.inventory.at(c.at, "")), func(o header) bool { return o.header().Metadata.UID == c.uid }) {
		c.leave("the object of its uid, which the policy does not hold", "on a "+c.at.on.String())
	}
	return false
}

func (c *plainRules) leave(only, what string) {
	if !slices.Contains(c.left[only], what) {
		c.left[only] = append(c.left[only], what)
	}
}

// put adds a rule to those of a scope, or its resource to one of them.
func (c *plainRules) put(namespace string, rule rbacv1.PolicyRule) {
	rules := c.scopes[namespace]
	for i := range rules {
		if slices.Equal(rules[i].Verbs, rule.Verbs) && slices.Equal(rules[i].APIGroups, rule.APIGroups) && slices.Equal(rules[i].ResourceNames, rule.ResourceNames) {
			if !slices.Contains(rules[i].Resources, rule.Resources[0]) {
				rules[i].Resources = append(rules[i].Resources, rule.Resources[0])
			}
			return
		}
	}
	c.scopes[namespace] = append(rules, rule)
}
