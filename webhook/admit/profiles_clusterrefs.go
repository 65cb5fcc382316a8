package admit

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// clusterRefsAreGranted resolves clusters that are named instead of selected. Sveltos adds them to those that match
// without a look at their labels (addon-controller controllers/profile_utils.go, getMatchingClusters), so each has to be
// one that a RoleRequest gives the tenant. One that the policy does not hold is refused: once it is made, nobody would
// ask again. A tenant is not told which of the two it is.
//
// Whoever writes them, they have to be complete and of a kind that there is. Sveltos panics over other groups
// (libsveltos lib/clusterproxy/cluster_utils.go, GetClusterType) and takes a SveltosCluster of another version for a
// Cluster of Cluster API (addon-controller profile_utils.go, createClusterSummary).
func clusterRefsAreGranted(q *Question) Verdict {
	w, err := q.profile()
	if err != nil || w.leaving() || w.controller {
		return Verdict{}
	}
	return w.judge(badClusterRefs)
}

func badClusterRefs(w *profileWrite, object tree) []finding {
	var found []finding
	for _, path := range w.kind.clusters {
		for where, value := range each(object, path) {
			ref, f := w.clusterRef(value)
			if f == nil && w.tenant != nil {
				f = w.foreignCluster(ref)
			}
			if f != nil {
				f.path = where
				found = append(found, *f)
			}
		}
	}
	return found
}

// clusterRef reads a reference. A Profile reaches only its own namespace: Sveltos writes that over whatever it names.
func (w *profileWrite) clusterRef(value any) (policy.ClusterRef, *finding) {
	target := policy.ClusterTarget{
		APIVersion: text(value, "apiVersion"), Kind: text(value, "kind"), Namespace: text(value, "namespace"), Name: text(value, "name"),
	}
	if w.namespaced() {
		target.Namespace = w.Request.Namespace
	}
	ref := policy.ClusterRef{Kind: target.Kind, Namespace: target.Namespace, Name: target.Name}
	switch {
	case isTemplate(target.APIVersion + target.Kind + target.Namespace + target.Name):
		return ref, w.openCluster()
	case !w.isCluster(target):
		return ref, &finding{invalid: true, message: fmt.Sprintf("kind %q of %q is neither %s of %s nor %s of %s", target.Kind, target.APIVersion,
			policy.KindSveltosCluster, w.sveltosVersion(), policy.KindCAPICluster, capiGroup)}
	case target.Namespace == "" || target.Name == "":
		return ref, &finding{invalid: true, message: "needs both a namespace and a name"}
	}
	return ref, nil
}

// openCluster is what is wrong with a template, which only an EventTrigger may hold: any event could fill it in.
func (w *profileWrite) openCluster() *finding {
	if w.tenant == nil {
		return nil
	}
	return &finding{message: "is a template, which could come to name any cluster: name one"}
}

func (w *profileWrite) isCluster(target policy.ClusterTarget) bool {
	gv, err := schema.ParseGroupVersion(target.APIVersion)
	switch {
	case err != nil || gv.Version == "":
		return false
	case target.Kind == policy.KindCAPICluster:
		return gv.Group == capiGroup
	default:
		return target.Kind == policy.KindSveltosCluster && target.APIVersion == w.sveltosVersion()
	}
}

// sveltosVersion is the version of SveltosCluster that goes with the version in which a profile is written.
func (w *profileWrite) sveltosVersion() string {
	version := "v1beta1"
	if strings.HasPrefix(w.Request.Kind.Version, "v1alpha") {
		version = w.Request.Kind.Version
	}
	return policy.SveltosGroup + "/" + version
}

func (w *profileWrite) foreignCluster(ref policy.ClusterRef) *finding {
	cluster := w.Snapshot.Cluster(ref)
	if cluster != nil && w.tenant.Holds(cluster.Metadata.Labels) {
		return nil
	}
	return &finding{message: fmt.Sprintf("%s does not exist, or is not one of %s: %s cover %s only",
		ref, w.your("clusters"), w.your("grants"), w.grants())}
}
