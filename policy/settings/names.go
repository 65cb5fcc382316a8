package settings

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

// isLabel is the form of names of namespaces (RFC 1123 label).
func isLabel(name string) bool { return len(validation.IsDNS1123Label(name)) == 0 }

// isObjectName is the form of most other names of Kubernetes objects.
func isObjectName(name string) bool { return len(validation.IsDNS1123Subdomain(name)) == 0 }

// oneOf refuses a value that is not exactly one of the choices.
func oneOf(value string, choices ...string) (r Result) {
	if !slices.Contains(choices, value) {
		r.errorf("", "%s is none of %s", show(value), strings.Join(choices, ", ")).hintNear(value, choices)
	}
	return r
}
