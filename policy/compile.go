package policy

import (
	"fmt"
	"slices"
)

// Compile makes the snapshot of a policy. It never fails: what cannot be used contributes nothing and is listed, in
// the order of file, line and object. The result does not depend on the order of the objects.
func Compile(objs *Objects, opts Options) (*Snapshot, []Problem) {
	c := compiler{opts: opts.withDefaults()}
	c.snap = &Snapshot{
		self:             opts.Self,
		sveltosNamespace: c.opts.SveltosNamespace,
		options:          c.opts,
		holdings:         map[string]*holding{},
		tenants:          newTenants(),
		trust:            newTrust(c.opts),
		sources:          map[Ref][]Ref{},
		open:             map[Naming][]Ref{},
		roles:            map[Ref][]role{},
		profiles:         index(&c.problems, objs.Profiles),
		generators:       index(&c.problems, objs.Generators),
		limits:           newLimits(c.opts),
	}
	c.snap.stored = index(&c.problems, objs.Sources)
	c.clusters = unique(&c.problems, objs.Clusters)
	c.here()
	roles := index(&c.problems, objs.Roles)
	c.snap.rbac = newRBAC(&c.problems, roles, objs.Bindings)
	c.rancher(objs, roles)
	c.snap.inventory = newInventory(objs, nil)
	c.fleet(objs)
	for _, rr := range unique(&c.problems, objs.RoleRequests) {
		c.roleRequest(rr)
	}
	c.assign(objs)
	c.shared()
	c.snap.tenants.ownLabels()
	c.holdings()
	for _, p := range c.snap.profiles {
		c.profile(p)
	}
	c.snap.facts = c.settingFacts(objs)
	c.storedSettings(&c.snap.facts, unique(&c.problems, objs.Settings))
	SortProblems(c.problems)
	return c.snap, c.problems
}

type compiler struct {
	opts     Options
	snap     *Snapshot
	problems problems
	clusters []*Cluster
	self     *Cluster // the one that asks, or nil
}

// here finds the cluster that asks.
func (c *compiler) here() {
	ref := c.opts.Self
	if ref == (ClusterRef{}) {
		return
	}
	at := slices.IndexFunc(c.clusters, func(cluster *Cluster) bool { return ClusterRef(cluster.Ref()) == ref })
	if at >= 0 {
		c.self = c.clusters[at]
	}
	switch {
	case c.opts.SelfLabels != nil:
		c.self = &Cluster{}
		c.self.Kind = ref.Kind
		c.self.Metadata = Metadata{Name: ref.Name, Namespace: ref.Namespace, Labels: c.opts.SelfLabels}
		c.clusters = append(c.clusters, c.self)
	case at < 0:
		c.problems = append(c.problems, Problem{Severity: Error, Object: Ref(ref),
			Message: "the policy does not hold this cluster, so no grant matches it",
			Hint:    "add the cluster's object to the policy, or give its labels with --cluster-labels"})
	}
}

// holdings gives the tenants what they hold on the cluster that asks.
func (c *compiler) holdings() {
	if c.self == nil {
		return
	}
	for _, rq := range c.snap.requests {
		if !rq.selector.Matches(c.self.Metadata.Labels) {
			continue
		}
		for _, g := range c.snap.grantsOn(rq, c.self) {
			c.hold(rq.ids.managed, g)
		}
	}
}

func (c *compiler) hold(usernames []string, g Grant) {
	for _, username := range usernames {
		h := c.snap.holdings[username]
		if h == nil {
			h = &holding{miss: fmt.Sprintf("no grant of %q covers this on %s", username, c.opts.Self)}
			c.snap.holdings[username] = h
		}
		h.add(g)
	}
}

// selectorUsable reports a selector that can match nothing.
func (c *compiler) selectorUsable(o *Object, s ClusterSelector, consequence string) bool {
	const path = "spec.clusterSelector"
	switch {
	case !s.Set:
		c.problems.add(Warning, o, path, "is missing, so it "+consequence, "")
	case s.Nothing():
		c.problems.add(Warning, o, path, "matches nothing, so it "+consequence, "")
	default:
		return true
	}
	return false
}

// profile only reports what is wrong: profiles grant nothing.
func (c *compiler) profile(p *Profile) {
	if p.Spec.ClusterSelector.Set {
		c.selectorUsable(&p.Object, p.Spec.ClusterSelector, "selects no cluster")
	}
}

// unique orders the objects of one kind. Of two with one name the first counts, and the other is reported.
func unique[T header](ps *problems, list []T) []T {
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b T) int { return compareObjects(a.header(), b.header()) })
	kept := sorted[:0]
	for _, o := range sorted {
		if n := len(kept); n > 0 && kept[n-1].header().Ref() == o.header().Ref() {
			where := kept[n-1].header().Position.String()
			ps.add(Error, o.header(), "", "stands in the policy twice; the one at "+where+" counts", "remove one of the two")
			continue
		}
		kept = append(kept, o)
	}
	return kept
}

// index is unique by name.
func index[T header](ps *problems, list []T) map[Ref]T {
	m := make(map[Ref]T, len(list))
	for _, o := range unique(ps, list) {
		m[o.header().Ref()] = o
	}
	return m
}
