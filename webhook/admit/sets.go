package admit

import (
	admissionregv1 "k8s.io/api/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// sets guards the named groups of clusters that profiles refer to.
//
// A profile that names a set goes wherever the set goes, and takes with it what it deploys. So a tenant's set is bound
// as his profile is: it carries his labels, only he changes or deletes it, and every cluster that it can select, or
// names, is one that a RoleRequest gives him. The sets of the platform are for platform admins.
//
// The checks are those of the guard profiles. Sveltos' own controllers write finalizers and the status; they never
// change an owner.
var sets = Guard{
	Name:   "sets",
	Doc:    "Stamps ClusterSets and Sets with the labels of the tenant who writes them, and refuses those that reach beyond his clusters.",
	Rules:  setRules(),
	Mutate: stampOwner,
	Checks: []Check{
		{"owner", ownerIsTrue},
		{"controllers", generatedFromItsSource},
		{"selector", forTenants(selectorsBeyond)},
		{"clusterrefs", clusterRefsAreGranted},
		{"mgmt", forTenants(reachesManagement)},
	},
}

// setKinds are where sets hold what is judged: as profiles do, but for what they deploy.
//
// Upstream: libsveltos api/v1beta1/{spec,clusterset_type,set_type}.go.
var setKinds = []profileKind{
	{
		group: policy.SveltosGroup, resource: "clustersets", scope: admissionregv1.ClusterScope,
		selectors: []string{"spec.clusterSelector"}, clusters: []string{"spec.clusterRefs[]"},
	},
	{
		group: policy.SveltosGroup, resource: "sets", scope: admissionregv1.NamespacedScope,
		selectors: []string{"spec.clusterSelector"}, clusters: []string{"spec.clusterRefs[]"},
	},
}

func setRules() []admissionregv1.RuleWithOperations {
	var rules []admissionregv1.RuleWithOperations
	for _, k := range setKinds {
		rules = append(rules, alsoOnDelete(onWrite(k.group, k.resource, k.scope)))
	}
	return rules
}
