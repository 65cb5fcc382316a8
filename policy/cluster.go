package policy

import (
	"fmt"
	"strings"
)

// Kinds of managed clusters, as Sveltos names them.
const (
	KindSveltosCluster = "SveltosCluster"
	KindCAPICluster    = "Cluster"
)

// ClusterRef names a managed cluster. Its zero value is the management cluster.
type ClusterRef Ref

// String is the name that sveltosctl prints: `SveltosCluster:gke/production`.
func (c ClusterRef) String() string {
	if c == (ClusterRef{}) {
		return "the management cluster"
	}
	return c.Kind + ":" + c.Namespace + "/" + c.Name
}

// ParseClusterRef reads the form that String prints.
func ParseClusterRef(s string) (ClusterRef, error) {
	kind, rest, ok := strings.Cut(s, ":")
	namespace, name, ok2 := strings.Cut(rest, "/")
	if !ok || !ok2 || namespace == "" || name == "" || strings.Contains(name, "/") {
		return ClusterRef{}, fmt.Errorf("cluster %q: want KIND:NAMESPACE/NAME, as SveltosCluster:gke/production", s)
	}
	if kind != KindSveltosCluster && kind != KindCAPICluster {
		return ClusterRef{}, fmt.Errorf("cluster %q: kind %q is neither %s nor %s (Cluster API)", s, kind, KindSveltosCluster, KindCAPICluster)
	}
	return ClusterRef{Kind: kind, Namespace: namespace, Name: name}, nil
}
