package admit

import (
	"fmt"
	"strings"
)

// localDeployments refuses to tenants what is deployed to the management cluster instead of to their clusters
// (deploymentType: Local). Sveltos does that as the tenant's account, which may do there what RBAC gives it; but what
// it may write there, as profiles and ConfigMaps, is what others are deployed from.
func localDeployments(w *profileWrite, object tree) []finding {
	var found []finding
	for _, path := range w.contentPaths("policyRefs[]", "kustomizationRefs[]", "preHealthCheckDeployment[]") {
		for where, item := range each(object, path) {
			if text(item, "deploymentType") == "Local" {
				found = append(found, finding{path: where + ".deploymentType", key: named(item),
					message: "Local deploys to the management cluster, which is not for tenants"})
			}
		}
	}
	return found
}

// named tells one item of a list from another.
func named(item any) string {
	fields, _ := item.(tree)
	return fmt.Sprintf("%s %s/%s %s", text(item, "kind"), text(item, "namespace"), text(item, "name"), text(fields["remoteURL"], "url"))
}

// contentPaths are the whole paths of fields of the content; an empty field is the content itself.
func (w *profileWrite) contentPaths(fields ...string) []string {
	var paths []string
	for _, root := range w.kind.content {
		for _, field := range fields {
			paths = append(paths, strings.TrimSuffix(root+"."+field, "."))
		}
	}
	return paths
}
