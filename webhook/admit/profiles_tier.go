package admit

import "fmt"

// lowTiers keeps tenants at or above the configured tier. When two profiles want the same resource or Helm release in a
// cluster, that with the lower tier takes it over, whoever owns the other one (libsveltos lib/deployer). Where none is
// written it is 100, by the schema.
func lowTiers(w *profileWrite, object tree) []finding {
	floor := w.Snapshot.Limits().TierFloor
	var found []finding
	for _, path := range w.contentPaths("", "policyRefs[]", "kustomizationRefs[]", "preHealthCheckDeployment[]") {
		for where, item := range each(object, path) {
			fields, _ := item.(tree)
			value := fields["tier"]
			if tier, ok := value.(int64); value != nil && (!ok || tier < floor) {
				message := fmt.Sprintf("%v is below %d, the lowest that tenants may use", value, floor)
				found = append(found, finding{path: where + ".tier", message: message, key: message + named(item)})
			}
		}
	}
	return found
}
