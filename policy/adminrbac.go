package policy

import (
	"cmp"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
)

// AdminRule is one rule that a tenant admin holds on a managed cluster by a RoleRequest.
type AdminRule struct {
	Cluster ClusterRef
	// Admin is how the RoleRequest names him: NAMESPACE/NAME of his account, or the name of the first form.
	Admin   string
	Request Ref
	// Grant is the rule, either on resources or on paths. It is empty when a stale rule cannot be read any more.
	Grant
	// Stale says why the RoleRequest does not give the cluster any more. Sveltos leaves there what it has put there
	// until the RoleRequest is deleted.
	Stale string
}

// AdminRBAC is every rule that RoleRequests have given to somebody on a managed cluster, ordered by cluster, admin,
// namespace and RoleRequest.
func (s *Snapshot) AdminRBAC() []AdminRule {
	var rows []AdminRule
	for h := range s.held() {
		row := AdminRule{Cluster: ClusterRef(h.cluster.Ref()), Admin: h.request.object.admin(), Request: h.request.object.Ref(), Stale: h.stale}
		none := true
		for _, g := range s.grantsOn(h.request, h.cluster) {
			for _, rule := range effective(g) {
				none = false
				row.Grant = Grant{Rule: rule, Namespace: g.Namespace, Origin: g.Origin}
				rows = append(rows, row)
			}
		}
		if none && h.stale != "" {
			row.Grant = Grant{}
			rows = append(rows, row)
		}
	}
	slices.SortStableFunc(rows, func(a, b AdminRule) int {
		return cmp.Or(Ref(a.Cluster).compare(Ref(b.Cluster)), strings.Compare(a.Admin, b.Admin),
			strings.Compare(a.Namespace, b.Namespace), a.Request.compare(b.Request))
	})
	return rows
}

// effective is what a rule grants where it holds. One on resources and on paths grants both; paths have no namespace,
// so a Role grants none; and without verbs nothing is granted.
func effective(g Grant) []rbacv1.PolicyRule {
	var rules []rbacv1.PolicyRule
	r := g.Rule
	if len(r.Verbs) > 0 && len(r.APIGroups) > 0 && len(r.Resources) > 0 {
		rules = append(rules, rbacv1.PolicyRule{Verbs: r.Verbs, APIGroups: r.APIGroups, Resources: r.Resources, ResourceNames: r.ResourceNames})
	}
	if len(r.Verbs) > 0 && len(r.NonResourceURLs) > 0 && g.Namespace == "" {
		rules = append(rules, rbacv1.PolicyRule{Verbs: r.Verbs, NonResourceURLs: r.NonResourceURLs})
	}
	return rules
}

// Bailiwick is a cluster that a tenant admin holds, and the RoleRequests that give it to him.
type Bailiwick struct {
	Admin string
	// Cluster is empty for an admin to whom no RoleRequest gives any cluster.
	Cluster  ClusterRef
	Requests []Ref
	// Stale is why he should not hold it any more; see AdminRule.
	Stale string
}

// Bailiwicks is which clusters each tenant admin holds, ordered by admin and cluster.
func (s *Snapshot) Bailiwicks() []Bailiwick {
	type key struct {
		admin   string
		cluster ClusterRef
		stale   string
	}
	requests := map[key][]Ref{}
	holds := map[string]bool{}
	for h := range s.held() {
		admin := h.request.object.admin()
		holds[admin] = true
		k := key{admin, ClusterRef(h.cluster.Ref()), h.stale}
		requests[k] = append(requests[k], h.request.object.Ref())
	}
	for _, rq := range s.requests {
		if admin := rq.object.admin(); !holds[admin] {
			requests[key{admin: admin}] = append(requests[key{admin: admin}], rq.object.Ref())
		}
	}
	rows := make([]Bailiwick, 0, len(requests))
	for k, refs := range requests {
		rows = append(rows, Bailiwick{Admin: k.admin, Cluster: k.cluster, Requests: refs, Stale: k.stale})
	}
	slices.SortFunc(rows, func(a, b Bailiwick) int {
		return cmp.Or(strings.Compare(a.Admin, b.Admin), Ref(a.Cluster).compare(Ref(b.Cluster)), strings.Compare(a.Stale, b.Stale))
	})
	return rows
}

// admin is how a RoleRequest names its tenant.
func (rr *RoleRequest) admin() string {
	if rr.byAdmin() {
		return rr.Spec.Admin
	}
	return ServiceAccount{Namespace: rr.Spec.ServiceAccountNamespace, Name: rr.Spec.ServiceAccountName}.String()
}
