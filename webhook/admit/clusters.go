package admit

import (
	"strings"

	admissionregv1 "k8s.io/api/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// clusters guards by what tenants are given clusters.
//
// A RoleRequest gives clusters by their labels, and a set selects them so. Whoever writes such a label gives clusters
// away: to a tenant, who gets rights there, and to profiles, which deploy there and are withdrawn from where they do not
// belong any more. So these labels are for who holds the cluster before and after, and the rest is for platform admins.
var clusters = Guard{
	Name: "clusters",
	Doc: "Keeps the labels by which RoleRequests and sets select clusters, on SveltosClusters and Clusters of Cluster API, " +
		"for platform admins and for tenants who hold the cluster; Classifiers must not write them. Who creates a cluster by a role " +
		"of the hierarchy has to hold CREATE_CLUSTER on the DataCenters that its labels put it into.",
	Rules: []admissionregv1.RuleWithOperations{
		onWrite(policy.SveltosGroup, "sveltosclusters", admissionregv1.NamespacedScope),
		onWrite(capiGroup, "clusters", admissionregv1.NamespacedScope),
		on(onlyCreate, provisioningGroup, "clusters", admissionregv1.NamespacedScope),
		onWrite(policy.SveltosGroup, "classifiers", admissionregv1.ClusterScope),
		onWrite(policy.SveltosGroup, "managementclusterclassifiers", admissionregv1.ClusterScope),
	},
	Checks: []Check{
		{"management", judgeCluster(managementClusterIsKept)},
		{"labels", judgeCluster(labelsAreHeld)},
		{"datacenters", judgeCluster(clusterMovesByRight)},
		{"notice", judgeCluster(movesAreTold)},
		{"credentials", judgeCluster(credentialsAreItsOwn)},
		{"twins", judgeCluster(nameIsNotTaken)},
		{"classifiers", classifierKeysAreFree},
		{"created", byRoles(newClustersAreHeld)},
	},
}

const capiGroup = "cluster.x-k8s.io"

// judgeCluster makes a check of a rule about clusters that Sveltos can select; Classifiers have one of their own.
func judgeCluster(rule func(q *Question, cluster, old *policy.Cluster) Verdict) func(*Question) Verdict {
	judgeIt := judge(rule)
	return func(q *Question) Verdict {
		if isClassifier(q) || q.Request.Resource.Group == provisioningGroup {
			return Verdict{}
		}
		return judgeIt(q)
	}
}

func isClassifier(q *Question) bool {
	return strings.HasSuffix(q.Request.Resource.Resource, "classifiers")
}

// trusted says whether rules for tenants and strangers do not bind the user: platform admins answer for themselves, and
// controllers have to keep working.
func trusted(q *Question) bool {
	return q.Snapshot.IsPlatformAdmin(q.Who) || q.Snapshot.IsController(q.Who.Name)
}

// managementClusterIsKept leaves the management cluster's own object to platform admins: who changes its labels can
// have add-ons deployed where all of this is decided.
func managementClusterIsKept(q *Question, cluster, _ *policy.Cluster) Verdict {
	if policy.ClusterRef(cluster.Ref()) != managementCluster || trusted(q) {
		return Verdict{}
	}
	return forbid("%s is the management cluster itself: only platform admins write it", cluster.Ref())
}

// managementCluster is how Sveltos' charts register the cluster that it runs in.
//
// Upstream: projectsveltos/helm-charts, register-mgmt-cluster.
var managementCluster = policy.ClusterRef{Kind: policy.KindSveltosCluster, Namespace: "mgmt", Name: "mgmt"}
