package policy

import (
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/labels"
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
	// Labels are what a list is narrowed to. RBAC does not look at them.
	Labels labels.Requirements
}

// covers says whether an RBAC rule covers the request. It means exactly what it means to the RBAC authorizer
// (kubernetes pkg/apis/rbac/v1 evaluation_helpers.go).
func covers(rule *rbacv1.PolicyRule, ask *Ask) bool {
	if !slices.Contains(rule.Verbs, ask.Verb) && !slices.Contains(rule.Verbs, rbacv1.VerbAll) {
		return false
	}
	if ask.NonResource {
		return slices.ContainsFunc(rule.NonResourceURLs, func(url string) bool { return urlCovers(url, ask.Path) })
	}
	return (slices.Contains(rule.APIGroups, rbacv1.APIGroupAll) || slices.Contains(rule.APIGroups, ask.Group)) &&
		resourceAllowed(rule.Resources, ask.Resource, ask.Subresource) &&
		(len(rule.ResourceNames) == 0 || slices.Contains(rule.ResourceNames, ask.Name))
}

// allows is covers for rules that we hand out ourselves, with one difference: "*" never covers the verbs of
// impersonation. Whoever may act as others holds more than any list of resources shows, so such a verb has to be spelled
// out. RBAC on the cluster still decides about it.
func allows(rule *rbacv1.PolicyRule, ask *Ask) bool {
	return covers(rule, ask) && (!strings.HasPrefix(ask.Verb, "impersonate") || slices.Contains(rule.Verbs, ask.Verb))
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
