package admit

import (
	"fmt"
	"regexp"
)

// wholeFields are those that Sveltos fills templates into as one piece of YAML, and reads back: what a template prints
// can have lines of its own, and so write over what stands beside it, as the namespace of a reference.
//
// Upstream: addon-controller controllers/template_instantiation.go, instantiateGenericField.
var wholeFields = []string{
	"helmCharts[].valuesFrom", "helmCharts[].registryCredentialsConfig", "helmCharts[].signatureVerification", "helmCharts[].provenanceVerification",
}

// clusterFields are templates that print a name or a label of the cluster, which has neither lines nor colons.
var clusterFields = regexp.MustCompile(`\{\{-? *\.(ClusterNamespace|ClusterName|Cluster\.(kind|metadata\.(name|namespace|labels\.\w+))) *-?\}\}`)

// wildTemplates keeps tenants to such templates where another could come to refer to anything, whatever it looks like:
// {{ "a\n  namespace: other" }}.
func wildTemplates(w *profileWrite, object tree) []finding {
	var found []finding
	for _, path := range w.contentPaths(wholeFields...) {
		for where, value := range each(object, path) {
			if wild := wildTemplate(value); wild != "" {
				found = append(found, finding{path: where, message: fmt.Sprintf(
					"%q could rewrite what stands beside it: only names and labels of the cluster may be filled in here, as {{ .Cluster.metadata.name }}", wild)})
			}
		}
	}
	return found
}

// wildTemplate is the first text in a value that holds any other template, or "".
func wildTemplate(value any) string {
	switch value := value.(type) {
	case string:
		if isTemplate(clusterFields.ReplaceAllString(value, "x")) {
			return value
		}
	case []any:
		for _, item := range value {
			if wild := wildTemplate(item); wild != "" {
				return wild
			}
		}
	case tree:
		for _, item := range value {
			if wild := wildTemplate(item); wild != "" {
				return wild
			}
		}
	}
	return ""
}
