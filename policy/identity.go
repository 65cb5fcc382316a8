package policy

import (
	"strings"

	"k8s.io/apimachinery/pkg/api/validate/content"
)

// ServiceAccount names an account of a cluster.
type ServiceAccount struct {
	Namespace string
	Name      string
}

// Username is the name under which the account sends requests.
func (s ServiceAccount) Username() string {
	return "system:serviceaccount:" + s.Namespace + ":" + s.Name
}

func (s ServiceAccount) String() string { return s.Namespace + "/" + s.Name }

// ParseServiceAccount reads `system:serviceaccount:<namespace>:<name>`, and nothing that merely looks like it: exactly
// four parts, a namespace that is a DNS label and a name that is a DNS subdomain.
func ParseServiceAccount(username string) (ServiceAccount, bool) {
	rest, ok := strings.CutPrefix(username, "system:serviceaccount:")
	if !ok {
		return ServiceAccount{}, false
	}
	namespace, name, ok := strings.Cut(rest, ":")
	if !ok || len(content.IsDNS1123Label(namespace)) > 0 || len(content.IsDNS1123Subdomain(name)) > 0 {
		return ServiceAccount{}, false
	}
	return ServiceAccount{Namespace: namespace, Name: name}, true
}

// Subject is who sends a request.
type Subject struct {
	Name   string
	Groups []string
}
