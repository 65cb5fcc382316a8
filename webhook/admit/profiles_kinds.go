package admit

import (
	admissionregv1 "k8s.io/api/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// profileKind says where a kind holds what the guard judges.
type profileKind struct {
	group    string
	resource string
	scope    admissionregv1.ScopeType
	// selectors, clusters and sets are the paths of what reaches clusters.
	selectors []string
	clusters  []string
	sets      string
	depends   string
	// content are the paths below which stands what is deployed; the tables of fields are relative to them.
	content []string
}

// profileKinds are the kinds whose labels decide with whose rights Sveltos acts.
//
// Upstream: addon-controller api/v1beta1/{spec,clusterpromotion_types}.go, event-manager
// api/v1beta1/eventtrigger_types.go, libsveltos api/v1beta1/{eventsource,healthcheck,clusterhealthcheck}_type.go.
var profileKinds = []profileKind{
	{
		group: policy.SveltosConfigGroup, resource: "clusterprofiles", scope: admissionregv1.ClusterScope,
		selectors: []string{"spec.clusterSelector"}, clusters: []string{"spec.clusterRefs[]"}, sets: "spec.setRefs[]",
		depends: "spec.dependsOn[]", content: []string{"spec"},
	},
	{
		group: policy.SveltosConfigGroup, resource: "profiles", scope: admissionregv1.NamespacedScope,
		selectors: []string{"spec.clusterSelector"}, clusters: []string{"spec.clusterRefs[]"}, sets: "spec.setRefs[]",
		depends: "spec.dependsOn[]", content: []string{"spec"},
	},
	{
		group: policy.SveltosGroup, resource: eventTriggers, scope: admissionregv1.ClusterScope,
		selectors: []string{"spec.sourceClusterSelector", "spec.destinationClusterSelector"},
		clusters:  []string{"spec.destinationCluster"}, sets: "spec.clusterSetRefs[]",
		depends: "spec.dependsOn[]", content: []string{"spec"},
	},
	{
		group: policy.SveltosConfigGroup, resource: clusterPromotions, scope: admissionregv1.ClusterScope,
		selectors: []string{"spec.stages[].clusterSelector"}, depends: "spec.profileSpec.dependsOn[]",
		content: []string{"spec.profileSpec", "spec.stages[].trigger.auto", "spec.stages[].trigger.manual"},
	},
	{
		group: policy.SveltosGroup, resource: "clusterhealthchecks", scope: admissionregv1.ClusterScope,
		selectors: []string{"spec.clusterSelector"}, content: []string{"spec"},
	},
	{group: policy.SveltosGroup, resource: "healthchecks", scope: admissionregv1.ClusterScope},
	{group: policy.SveltosGroup, resource: "eventsources", scope: admissionregv1.ClusterScope},
}

const (
	eventTriggers     = "eventtriggers"
	clusterPromotions = "clusterpromotions"
)

// kindOf finds what a request writes. The handler has made sure that it is one of the kinds.
func kindOf(q *Question) *profileKind {
	for _, kinds := range [][]profileKind{profileKinds, setKinds} {
		for i := range kinds {
			if kinds[i].resource == q.Request.Resource.Resource {
				return &kinds[i]
			}
		}
	}
	return &profileKind{}
}
