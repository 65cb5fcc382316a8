package policy

import (
	"cmp"
	"fmt"
	"time"

	"github.com/bailiwick-dev/bailiwick/policy/selector"
)

// request is a RoleRequest in force.
type request struct {
	object   *RoleRequest
	ids      identities
	selector selector.Selector
}

// AnnotationExpires is when a RoleRequest ends, in RFC 3339. (spec.expirationSeconds is how long the token of the
// tenant's account is valid; access-manager renews it.)
const AnnotationExpires = "bailiwick.dev/expires"

// roleRequest puts one RoleRequest in force: its tenant is given the clusters that it selects.
func (c *compiler) roleRequest(rr *RoleRequest) {
	inForce := rr.Metadata.DeletionTimestamp == nil && !c.expired(rr)
	ids, err := identify(rr, c.opts)
	if err != nil {
		c.problems.add(Error, &rr.Object, "spec", err.Error(), "")
		inForce = false
	}
	if err == nil && rr.Spec.Admin != "" && rr.Spec.ServiceAccountName != "" {
		c.problems.add(Warning, &rr.Object, "spec.admin", "is ignored beside serviceAccountName", "remove one of the two")
	}
	inForce = c.selectorUsable(&rr.Object, rr.Spec.ClusterSelector, "gives no cluster") && inForce
	for i, ref := range rr.Spec.RoleRefs {
		c.roleRef(rr, i, ref)
	}
	if !inForce {
		if err == nil {
			c.snap.lapsed = append(c.snap.lapsed, &request{object: rr, ids: ids})
		}
		return
	}
	rq := &request{object: rr, ids: ids, selector: rr.Spec.ClusterSelector.Selector}
	c.snap.requests = append(c.snap.requests, rq)
	c.snap.tenants.add(rq)
	c.snap.fleet.selects(Selecting{Origin: rr.Ref(), Owners: ids.owners(), Selector: rq.selector})
}

// expired says whether a RoleRequest has ended, and remembers the next end.
func (c *compiler) expired(rr *RoleRequest) bool {
	text, ok := rr.Metadata.Annotations[AnnotationExpires]
	if !ok {
		return false
	}
	const path = "metadata.annotations[" + AnnotationExpires + "]"
	end, err := time.Parse(time.RFC3339, text)
	switch {
	case err != nil:
		c.problems.add(Error, &rr.Object, path, fmt.Sprintf("%q is no time, so the request is not in force", text), "write it like 2027-01-31T18:00:00Z")
		return true
	case !end.After(c.opts.Now):
		c.problems.add(Warning, &rr.Object, path, "the request ended at "+text, "delete it, or set another time")
		return true
	}
	c.endsAt(end)
	return false
}

// endsAt remembers when something in the policy ends by itself.
func (c *compiler) endsAt(end time.Time) {
	if c.snap.next.IsZero() || end.Before(c.snap.next) {
		c.snap.next = end
	}
}

// NextEnd is when the next grant ends by itself: then the policy has to be compiled again. It is zero when none does.
func (s *Snapshot) NextEnd() time.Time { return s.next }

// MaxTokenLifetime is how long the token of a tenant's account may be valid.
func (s *Snapshot) MaxTokenLifetime() time.Duration {
	return cmp.Or(s.options.MaxTokenLifetime, 365*24*time.Hour)
}

// roleRef reads what one reference names, on every cluster that it can mean, and reports what is wrong with it.
func (c *compiler) roleRef(rr *RoleRequest, i int, ref RoleRef) {
	path := fmt.Sprintf("spec.roleRefs[%d]", i)
	if ref.Kind != "ConfigMap" && ref.Kind != "Secret" {
		c.problems.add(Error, &rr.Object, path+".kind", fmt.Sprintf("%q is neither ConfigMap nor Secret", ref.Kind), "")
		return
	}
	if ref.Namespace == "" {
		c.problems.add(Warning, &rr.Object, path+".namespace", "is empty, so the owner of a cluster's namespace can write his own grant", "name the namespace")
	}
	if naming, ok := ref.naming(); ok {
		c.snap.open[naming] = append(c.snap.open[naming], rr.Ref())
	}
	for _, cluster := range c.clustersOf(rr, ref) {
		key, err := ref.on(cluster)
		if err != nil {
			c.problems.add(Error, &rr.Object, path, err.Error(), "name one object")
			return
		}
		c.names(rr, path, key)
	}
}

// clustersOf are the clusters on which a reference can mean different objects: those that are selected, or just one
// that stands for all when the reference is plain.
func (c *compiler) clustersOf(rr *RoleRequest, ref RoleRef) []*Cluster {
	if ref.plain() {
		return []*Cluster{{}}
	}
	var clusters []*Cluster
	for _, cluster := range c.clusters {
		if rr.Spec.ClusterSelector.Matches(cluster.Metadata.Labels) {
			clusters = append(clusters, cluster)
		}
	}
	return clusters
}

// names notes that a RoleRequest names a source, and reads it.
func (c *compiler) names(rr *RoleRequest, path string, key Ref) {
	c.snap.sources[key] = append(c.snap.sources[key], rr.Ref())
	src := c.snap.stored[key]
	if src == nil {
		c.problems.add(Error, &rr.Object, path, fmt.Sprintf("%s not found", key), "add it to the policy, or correct the reference")
		return
	}
	if _, done := c.snap.roles[key]; !done {
		c.snap.roles[key] = src.roles
		c.problems = append(c.problems, src.problems...)
		c.reserved(src, c.snap.roles[key])
	}
}

// plain says whether the reference means one object, whatever the cluster.
func (r RoleRef) plain() bool {
	return r.Namespace != "" && !isTemplate(r.Namespace) && !isTemplate(r.Name)
}

// on is the object that the reference means for a cluster: templates are filled in, and an empty namespace is the
// cluster's.
//
// Upstream: libsveltos lib/template GetReferenceResourceNamespace and GetReferenceResourceName.
func (r RoleRef) on(cluster *Cluster) (Ref, error) {
	if r.plain() {
		return Ref(r), nil
	}
	data := clusterData(cluster)
	name, err := resolve(r.Name, data)
	if err != nil {
		return Ref{}, fmt.Errorf("name: %w", err)
	}
	namespace, err := resolve(r.Namespace, data)
	if err != nil {
		return Ref{}, fmt.Errorf("namespace: %w", err)
	}
	if namespace == "" {
		namespace = cluster.Metadata.Namespace
	}
	return Ref{Kind: r.Kind, Namespace: namespace, Name: name}, nil
}

// grantsOn are the rules that a request gives on a cluster.
func (s *Snapshot) grantsOn(rq *request, cluster *Cluster) []Grant {
	var grants []Grant
	for _, ref := range rq.object.Spec.RoleRefs {
		key, err := ref.on(cluster)
		if err != nil {
			continue // reported when the request was read
		}
		for _, r := range s.roles[key] {
			origin := newOrigin(rq.object.Ref(), r.ref, key)
			for _, rule := range r.rules {
				grants = append(grants, Grant{Rule: rule, Namespace: r.ref.Namespace, Origin: origin})
			}
		}
	}
	return grants
}
