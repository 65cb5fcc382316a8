package admit

import (
	rbacv1 "k8s.io/api/rbac/v1"

	admissionregv1 "k8s.io/api/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// namespaces guards what a cluster of Harvester or Rancher loses with one wrong command, and in which project a
// namespace is, which decides who holds it.
//
// The manifest by which Rancher imports a cluster starts with the namespace cattle-system, so `kubectl delete -f` of it
// takes everything in there along: on a Harvester the Rancher that is built in. The names are protected wherever
// Bailiwick runs, be it a Harvester or not: a cluster where they mean nothing has no such objects.
var namespaces = Guard{
	Name: "namespaces",
	Doc: "Keeps the namespaces of the platform, and the account with its roles by which Rancher manages the cluster, from being " +
		"deleted by accident, unless they carry the annotation " + overrideAnnotation + ": \"true\"; and asks for the right " +
		"manage-namespaces on both projects when a namespace moves between them.",
	Rules:  namespaceRules,
	Narrow: narrowNamespaces,
	Checks: []Check{
		{"kept", protectedIsKept},
		{"override", overrideIsHeld},
		{"rights", judgeNamespace(projectsAreHeld)},
		{"projectid", judgeNamespace(projectIsNamedOnce)},
	},
}

var namespaceRules = []admissionregv1.RuleWithOperations{
	withParts(alsoOnDelete(onWrite("", "namespaces", admissionregv1.ClusterScope)), "namespaces/status", "namespaces/finalize"),
	alsoOnDelete(onWrite("", "serviceaccounts", admissionregv1.NamespacedScope)),
	alsoOnDelete(onWrite(rbacv1.GroupName, "clusterroles", admissionregv1.ClusterScope)),
	alsoOnDelete(onWrite(rbacv1.GroupName, "clusterrolebindings", admissionregv1.ClusterScope)),
}

// withParts adds subresources through which labels and annotations can be written as well.
//
// Upstream: kubernetes pkg/registry/core/namespace/strategy.go, which resets only the other parts.
func withParts(rule admissionregv1.RuleWithOperations, parts ...string) admissionregv1.RuleWithOperations {
	rule.Resources = append(rule.Resources, parts...)
	return rule
}

// protectedKind is a kind of which some objects must not be deleted by accident.
type protectedKind struct {
	group, resource string
	// namespace is where the objects are; empty for a kind without namespaces.
	namespace string
	names     func(*policy.Snapshot) []string
	// why completes the sentence that starts with the object.
	why string
}

// protectedKinds are the platform's namespaces, and what else the import manifest holds that Rancher cannot do without.
//
// Upstream: rancher pkg/systemtemplate/template.go.
var protectedKinds = []protectedKind{
	{"", "namespaces", "", (*policy.Snapshot).ProtectedNamespaces, "holds what the cluster runs on"},
	{"", "serviceaccounts", rancherNamespace, only("cattle"), rancherManages},
	{rbacv1.GroupName, "clusterroles", "", only("cattle-admin", "proxy-clusterrole-kubeapiserver"), rancherManages},
	{rbacv1.GroupName, "clusterrolebindings", "", only("cattle-admin-binding", "proxy-role-binding-kubernetes-master"), rancherManages},
}

const (
	// rancherNamespace is where Rancher and its agents run.
	rancherNamespace = "cattle-system"
	rancherManages   = "is what Rancher manages the cluster with"
)

func only(names ...string) func(*policy.Snapshot) []string {
	return func(*policy.Snapshot) []string { return names }
}
