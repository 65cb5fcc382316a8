package policy

import (
	"fmt"
	"slices"

	"github.com/bailiwick-dev/bailiwick/policy/settings"
)

// Compile makes the snapshot of a policy. It never fails: what cannot be used contributes nothing and is listed, in
// the order of file, line and object. The result does not depend on the order of the objects.
func Compile(objs *Objects, opts Options) (*Snapshot, []Problem) {
	c := compiler{opts: opts.withDefaults()}
	c.snap = &Snapshot{
		self:             opts.Self,
		sveltosNamespace: c.opts.SveltosNamespace,
		holdings:         map[string]*holding{},
		tenants:          map[string]*Tenant{},
		trust:            newTrust(c.opts),
	}
	c.sources = index(&c.problems, objs.Sources)
	c.clusters = index(&c.problems, objs.Clusters)
	c.self()
	for _, rr := range unique(&c.problems, objs.RoleRequests) {
		c.roleRequest(rr)
	}
	for _, p := range unique(&c.problems, objs.Profiles) {
		c.profile(p)
	}
	c.snap.facts = c.settingFacts(unique(&c.problems, objs.Nodes), unique(&c.problems, objs.Settings))
	SortProblems(c.problems)
	return c.snap, c.problems
}

type compiler struct {
	opts     Options
	snap     *Snapshot
	problems problems
	sources  map[Ref]*Source
	clusters map[Ref]*Cluster
	roles    map[Ref][]role // what each referenced Source holds, read once
	labels   map[string]string
}

// self finds the labels of the cluster that asks.
func (c *compiler) self() {
	c.labels = c.opts.SelfLabels
	if c.opts.Self == (ClusterRef{}) || c.labels != nil {
		return
	}
	if cluster := c.clusters[Ref(c.opts.Self)]; cluster != nil {
		c.labels = cluster.Metadata.Labels
		return
	}
	c.problems = append(c.problems, Problem{Severity: Error, Object: Ref(c.opts.Self),
		Message: "the policy does not hold this cluster, so no grant matches it",
		Hint:    "add the cluster's object to the policy, or give its labels with --cluster-labels"})
}

// roleRequest adds what one RoleRequest gives: clusters to its tenant, and rules where Self is one of them.
func (c *compiler) roleRequest(rr *RoleRequest) {
	if rr.Metadata.DeletionTimestamp != nil {
		return
	}
	ids, err := identify(rr, c.opts)
	if err != nil {
		c.problems.add(Error, &rr.Object, "spec", err.Error(), "")
		return
	}
	if rr.Spec.Admin != "" && rr.Spec.ServiceAccountName != "" {
		c.problems.add(Warning, &rr.Object, "spec.admin", "is ignored beside serviceAccountName", "remove one of the two")
	}
	if !c.selectorUsable(&rr.Object, rr.Spec.ClusterSelector, "gives no cluster") {
		return
	}
	sel := rr.Spec.ClusterSelector.Selector
	for username, owner := range ids.management {
		t := c.snap.tenants[username]
		if t == nil {
			t = &Tenant{Owner: owner}
			c.snap.tenants[username] = t
		}
		t.Requests = append(t.Requests, GrantedSelector{Origin: rr.Ref(), Selector: sel})
	}
	here := c.opts.Self != (ClusterRef{}) && sel.Matches(c.labels)
	for i, ref := range rr.Spec.RoleRefs {
		for _, g := range c.grants(rr, i, ref) {
			if here {
				c.hold(ids.managed, g)
			}
		}
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

// grants reads the rules behind one reference of a RoleRequest.
func (c *compiler) grants(rr *RoleRequest, i int, ref RoleRef) []Grant {
	path := fmt.Sprintf("spec.roleRefs[%d]", i)
	key := Ref(ref)
	switch {
	case ref.Kind != "ConfigMap" && ref.Kind != "Secret":
		c.problems.add(Error, &rr.Object, path+".kind", fmt.Sprintf("%q is neither ConfigMap nor Secret", ref.Kind), "")
		return nil
	case isTemplate(ref.Name) || isTemplate(ref.Namespace):
		c.problems.add(Error, &rr.Object, path, "templates are not resolved", "name one object")
		return nil
	case ref.Namespace == "":
		c.problems.add(Error, &rr.Object, path+".namespace", "is empty, which lets the owner of a cluster's namespace write his own grant", "name the namespace")
		return nil
	}
	src := c.sources[key]
	if src == nil {
		c.problems.add(Error, &rr.Object, path, fmt.Sprintf("%s not found", key), "add it to the policy, or correct the reference")
		return nil
	}
	var grants []Grant
	for _, r := range c.rolesOf(key, src) {
		origin := newOrigin(rr.Ref(), r.ref, key)
		for _, rule := range r.rules {
			grants = append(grants, Grant{Rule: rule, Namespace: r.ref.Namespace, Origin: origin})
		}
	}
	return grants
}

func (c *compiler) rolesOf(key Ref, src *Source) []role {
	roles, done := c.roles[key]
	if !done {
		roles = rolesOf(src, &c.problems)
		if c.roles == nil {
			c.roles = map[Ref][]role{}
		}
		c.roles[key] = roles
	}
	return roles
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

// profile only reports what is wrong: profiles grant nothing.
func (c *compiler) profile(p *Profile) {
	if p.Spec.ClusterSelector.Set {
		c.selectorUsable(&p.Object, p.Spec.ClusterSelector, "selects no cluster")
	}
}

func (c *compiler) settingFacts(nodes []*Node, list []*Setting) settings.Facts {
	f := settings.Facts{PodCIDRs: c.opts.PodCIDRs, ServiceCIDRs: c.opts.ServiceCIDRs, Settings: map[string]string{}}
	f.NodesKnown = len(nodes) > 0
	for _, n := range nodes {
		f.Nodes = append(f.Nodes, settings.Node{Name: n.Metadata.Name, Addresses: n.InternalIPs()})
	}
	for _, s := range list {
		f.Settings[s.Metadata.Name] = s.Effective()
	}
	return f
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
