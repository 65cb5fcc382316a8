package apiserver

import "strconv"

// Condition is a CEL expression over a SubjectAccessReview's spec that has to be true for a webhook to be asked.
type Condition struct {
	// Why is what the expression is for, a sentence.
	Why        string
	Expression string
}

// rancherNamespace holds the accounts through which Rancher acts as its users.
// Upstream: rancher/rancher pkg/impersonation.
const rancherNamespace = "cattle-impersonation-system"

// Conditions keep from an authorization webhook whoever a cluster could not be run or repaired without, and those who
// have nothing to ask it. Namespace is that of Bailiwick's own accounts. Who is left is decided by policy; nobody who is
// kept away is denied anything, since RBAC goes on deciding.
func Conditions(namespace string) []Condition {
	return []Condition{
		{"Administrators: no policy locks them out.", `!("system:masters" in request.groups)`},
		{"Nodes.", `!("system:nodes" in request.groups)`},
		{"The control plane's own users, probes and whoever is not logged in. Tenants may be ServiceAccounts.",
			`!request.user.startsWith("system:") || request.user.startsWith("system:serviceaccount:")`},
		{"The controllers of the cluster.", notOf("kube-system")},
		{"Bailiwick itself: it must not wait for its own answer.", notOf(namespace)},
		{"Rancher, when it is about to act as a user: a dozen questions for each click. The user himself is asked about.", notOf(rancherNamespace)},
	}
}

func notOf(namespace string) string {
	return "!request.user.startsWith(" + strconv.Quote("system:serviceaccount:"+namespace+":") + ")"
}
