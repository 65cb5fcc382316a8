package admit

import (
	admissionregv1 "k8s.io/api/admissionregistration/v1"
)

// profiles guards what is deployed to which clusters.
//
// Sveltos deploys a profile with the rights of the tenant that its labels name, and with the cluster administrator's
// when they name nobody; nothing of it is checked before (addon-controller controllers/handlers_utils.go,
// getClusterSummaryAdmin). So the labels are written from who sends the request, never taken from the object; a tenant
// writes only his own profiles; and what they reach, read and change has to be his. Platform admins are free of this.
// Sveltos' own controllers go on with their work, but never change an owner.
//
// Each check stands in a file of its own. A bad field that an update leaves as it was passes with a warning.
var profiles = Guard{
	Name: "profiles",
	Doc: "Stamps profiles and all from which Sveltos makes some with the labels of the tenant who writes them, " +
		"and refuses those that reach, read or change more than he was given.",
	Rules:  profileRules(),
	Mutate: stampOwner,
	Checks: []Check{
		{"owner", ownerIsTrue},
		{"identity", identityExists},
		{"generated", generatedFromItsSource},
		{"selector", forTenants(selectorsBeyond)},
		{"clusterrefs", clusterRefsAreGranted},
		{"setrefs", forTenants(setsBeyond)},
		{"dependson", forTenants(foreignDependencies)},
		{"mgmt", forTenants(reachesManagement)},
		{"references", forTenants(unreadable)},
		{"templates", forTenants(wildTemplates)},
		{"local", forTenants(localDeployments)},
		{"tier", forTenants(lowTiers)},
		{"urls", forTenants(foreignURLs)},
		{"insecure", forTenants(insecureFetches)},
		{"outputs", forTenants(foreignOutputs)},
		{"promotions", forTenants(promotions)},
		{"pullmode", forTenants(pulledEvents)},
		{"provisioned", forTenants(withoutCredentials)},
	},
}

func profileRules() []admissionregv1.RuleWithOperations {
	var rules []admissionregv1.RuleWithOperations
	for _, k := range profileKinds {
		rules = append(rules, alsoOnDelete(onWrite(k.group, k.resource, k.scope)))
	}
	return rules
}
