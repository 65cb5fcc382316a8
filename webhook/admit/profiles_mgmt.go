package admit

import "github.com/bailiwick-dev/bailiwick/policy"

// reachesManagement keeps tenants away from the management cluster itself, whatever they were given: it is registered
// like any other cluster, with labels that every cluster has (projectsveltos/helm-charts, register-mgmt-cluster; label
// sveltos-agent=present), so a broad RoleRequest covers it by accident. What selects it is told by its labels, when the
// policy holds it; by name it is refused in any case.
func reachesManagement(w *profileWrite, object tree) []finding {
	if w.namespaced() && w.Request.Namespace != managementCluster.Namespace {
		return nil
	}
	var found []finding
	no := func(where string) {
		found = append(found, finding{path: where, message: "reaches the management cluster itself, which is not for tenants"})
	}
	for _, path := range w.kind.selectors {
		for where, value := range each(object, path) {
			if w.selectsManagement(readSelector(value)) {
				no(where)
			}
		}
	}
	for _, path := range w.kind.clusters {
		for where, value := range each(object, path) {
			if ref, _ := w.clusterRef(value); ref == managementCluster {
				no(where)
			}
		}
	}
	for where, name := range texts(object, w.kind.sets) {
		if set := w.set(name); set != nil && w.holdsManagement(set) {
			no(where)
		}
	}
	return found
}

func (w *profileWrite) selectsManagement(s policy.ClusterSelector) bool {
	cluster := w.Snapshot.Cluster(managementCluster)
	return cluster != nil && s.Matches(cluster.Metadata.Labels)
}

func (w *profileWrite) holdsManagement(set *policy.ClusterSet) bool {
	for _, ref := range clustersNamedBy(set) {
		if ref == managementCluster {
			return true
		}
	}
	return w.selectsManagement(set.Spec.ClusterSelector)
}
