package policy

import (
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
)

// Ask is one question: may the user do this? It has the fields of a SubjectAccessReview that decide.
type Ask struct {
	Verb        string
	Group       string // API group; "" is the core group
	Resource    string
	Subresource string
	Namespace   string // "" for cluster-scoped requests and for those over all namespaces
	Name        string // "" for requests that name no object
	Path        string // of a non-resource request, as "/healthz"
	NonResource bool
}

// allows says whether an RBAC rule covers the request. It means what it means to the RBAC authorizer (kubernetes
// pkg/apis/rbac/v1 evaluation_helpers.go), with one difference: see verbAllowed.
func allows(rule *rbacv1.PolicyRule, ask *Ask) bool {
	if !verbAllowed(rule.Verbs, ask.Verb) {
		return false
	}
	if ask.NonResource {
		return slices.ContainsFunc(rule.NonResourceURLs, func(url string) bool { return urlCovers(url, ask.Path) })
	}
	return (slices.Contains(rule.APIGroups, rbacv1.APIGroupAll) || slices.Contains(rule.APIGroups, ask.Group)) &&
		resourceAllowed(rule.Resources, ask.Resource, ask.Subresource) &&
		(len(rule.ResourceNames) == 0 || slices.Contains(rule.ResourceNames, ask.Name))
}

// verbAllowed matches a verb exactly or by "*", except that "*" never covers the verbs of impersonation: whoever may
// act as others holds more than any list of resources shows, so such a verb has to be spelled out. RBAC on the
// cluster still decides about it.
func verbAllowed(verbs []string, verb string) bool {
	if slices.Contains(verbs, verb) {
		return true
	}
	return slices.Contains(verbs, rbacv1.VerbAll) && !strings.HasPrefix(verb, "impersonate")
}

func resourceAllowed(resources []string, resource, subresource string) bool {
	for _, r := range resources {
		if r == rbacv1.ResourceAll || isResource(r, resource, subresource) ||
			subresource != "" && isResource(r, "*", subresource) {
			return true
		}
	}
	return false
}

// isResource compares with "resource/subresource" without building it, to keep a decision free of allocations.
func isResource(s, resource, subresource string) bool {
	if subresource == "" {
		return s == resource
	}
	return len(s) == len(resource)+1+len(subresource) &&
		strings.HasPrefix(s, resource) && s[len(resource)] == '/' && strings.HasSuffix(s, subresource)
}

func urlCovers(pattern, path string) bool {
	if pattern == path || pattern == rbacv1.NonResourceAll {
		return true
	}
	return strings.HasSuffix(pattern, "*") && strings.HasPrefix(path, strings.TrimRight(pattern, "*"))
}
