package admit

import (
	"fmt"
	"strings"
)

// foreignOutputs keeps apart what tenants' EventTriggers make. event-manager writes the ConfigMaps and Secrets of
// configMapGenerator and secretGenerator into its own namespace, by the names that nameFormat gives them and over
// whatever has that name (event-manager controllers/eventtrigger_deployer.go, updateResource). So the name has to begin
// with the tenant's own: "<namespace>--<name>--". No name of a tenant holds "--", so none begins like another.
func foreignOutputs(w *profileWrite, object tree) []finding {
	prefix := w.tenant.Owner.Namespace + "--" + w.tenant.Owner.Name + "--"
	var found []finding
	for _, path := range w.contentPaths("configMapGenerator[].nameFormat", "secretGenerator[].nameFormat") {
		for where, format := range texts(object, path) {
			if !strings.HasPrefix(format, prefix) {
				found = append(found, finding{path: where, message: fmt.Sprintf("%q has to begin with %q, so that it is nobody else's", format, prefix)})
			}
		}
	}
	return found
}
