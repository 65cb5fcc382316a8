package admit

import (
	admissionregv1 "k8s.io/api/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// derived guards what Sveltos makes of profiles for each cluster.
//
// A ClusterSummary is a profile as it is deployed to one cluster, and it is the labels of the ClusterSummary, not those
// of the profile, that decide with whose rights (addon-controller controllers/handlers_utils.go,
// getClusterSummaryAdmin). A ConfigurationGroup and its ConfigurationBundles are that for clusters in pull mode, with the
// account in the spec. Whoever may write one has every right that Sveltos has in the cluster.
var derived = Guard{
	Name: "derived",
	Doc: "Keeps ClusterSummaries, ClusterConfigurations, ClusterReports, ConfigurationGroups and ConfigurationBundles " +
		"for Sveltos' controllers and platform admins.",
	Rules: []admissionregv1.RuleWithOperations{
		alsoOnDelete(onWrite(policy.SveltosConfigGroup, "clustersummaries", admissionregv1.NamespacedScope)),
		alsoOnDelete(onWrite(policy.SveltosConfigGroup, "clusterconfigurations", admissionregv1.NamespacedScope)),
		alsoOnDelete(onWrite(policy.SveltosConfigGroup, "clusterreports", admissionregv1.NamespacedScope)),
		alsoOnDelete(onWrite(policy.SveltosGroup, "configurationgroups", admissionregv1.NamespacedScope)),
		alsoOnDelete(onWrite(policy.SveltosGroup, "configurationbundles", admissionregv1.NamespacedScope)),
	},
	Checks: []Check{{"writer", derivedByControllers}},
}

// derivedByControllers refuses writes of everybody but platform admins, controllers, and the agent of the cluster that
// the object is for. What is being deleted passes, for its finalizers.
func derivedByControllers(q *Question) Verdict {
	if trusted(q) || policy.IsEssential(q.Who) {
		return Verdict{}
	}
	var object, old forCluster
	if !q.deleting() {
		if err := policy.Decode(q.Request.Object.Raw, &object); err != nil {
			return invalid("", "reading the object: %v", err)
		}
	}
	if q.updating() || q.deleting() {
		if err := policy.Decode(q.Request.OldObject.Raw, &old); err != nil {
			return invalid("", "reading the old object: %v", err)
		}
	}
	switch {
	case old.Metadata.DeletionTimestamp != nil:
		return Verdict{}
	case agentWrites(q, &object, &old):
		return Verdict{}
	}
	return forbid("%s is made by Sveltos from profiles, and is not for people to write: change the profile", q.object())
}
