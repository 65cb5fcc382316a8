package oracle

import (
	"fmt"
	"math/rand/v2"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
)

// The words are few, so that rules and questions meet often, and hold what is easily taken for something else: stars in
// places where they mean nothing, other cases, empty texts, a resource that is the beginning of another.
var (
	verbs      = words("get list watch create update delete deletecollection use * GET ge getter impersonate impersonate-on:user-info:get impersonate:user-info impersona")
	groups     = append(words("apps batch * app apps.x"), "")
	resources  = words("pods pod deployments nodes * po* */* pods/* Pods")
	subs       = append(words("log scale status * exec sca"), "", "", "")
	names      = append(words("a b ab * A"), "", "")
	paths      = words("/ /healthz /healthz/ /healthz/etcd /logs /logs/a/b /* * /healthz* /lo /api/* /api/** /api/v1")
	namespaces = append(words("n0 n1 n2"), "")
)

func words(text string) []string { return strings.Fields(text) }

func pick(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }

func some(r *rand.Rand, from []string, most int) []string {
	list := make([]string, r.IntN(most+1))
	for i := range list {
		list[i] = pick(r, from)
	}
	return list
}

// randomRule is a rule on resources, on paths, or on both, as nothing keeps a ConfigMap from holding.
func randomRule(r *rand.Rand) rbacv1.PolicyRule {
	rule := rbacv1.PolicyRule{Verbs: some(r, verbs, 3)}
	if r.IntN(4) > 0 {
		rule.APIGroups, rule.ResourceNames = some(r, groups, 3), some(r, names, 2)
		rule.Resources = some(r, resources, 2)
		for range r.IntN(3) {
			rule.Resources = append(rule.Resources, join(pick(r, resources), pick(r, subs)))
		}
	}
	if r.IntN(3) == 0 {
		rule.NonResourceURLs = some(r, paths, 3)
	}
	return rule
}

func join(resource, sub string) string {
	if sub == "" {
		return resource
	}
	return resource + "/" + sub
}

// roles are what a tenant holds: the roles as RBAC binds them, and as a ConfigMap holds them.
type roles struct {
	namespaced []*rbacv1.Role
	cluster    []*rbacv1.ClusterRole
}

func randomRoles(r *rand.Rand) *roles {
	var all roles
	for i := range 1 + r.IntN(4) {
		rules := make([]rbacv1.PolicyRule, 1+r.IntN(3))
		for j := range rules {
			rules[j] = randomRule(r)
		}
		meta := metav1.ObjectMeta{Name: fmt.Sprintf("role%d", i)}
		if r.IntN(2) == 0 {
			all.cluster = append(all.cluster, &rbacv1.ClusterRole{ObjectMeta: meta, Rules: rules})
			continue
		}
		meta.Namespace = namespaces[r.IntN(2)]
		all.namespaced = append(all.namespaced, &rbacv1.Role{ObjectMeta: meta, Rules: rules})
	}
	return &all
}

// question is a random request of a user. Every other one is made from a rule that he holds, so that many are allowed.
func (all *roles) question(r *rand.Rand, who user.Info) *authorizer.AttributesRecord {
	a := &authorizer.AttributesRecord{User: who, Verb: pick(r, verbs), ResourceRequest: r.IntN(4) > 0}
	if !a.ResourceRequest {
		a.Path = pick(r, paths)
	} else {
		a.APIGroup, a.Resource, a.Subresource = pick(r, groups), pick(r, resources), pick(r, subs)
		a.Namespace, a.Name = pick(r, namespaces), pick(r, names)
	}
	if r.IntN(2) == 0 {
		all.aim(r, a)
	}
	return a
}

// aim brings a request near a rule: each word that the rule lists is taken from there.
func (all *roles) aim(r *rand.Rand, a *authorizer.AttributesRecord) {
	var rule rbacv1.PolicyRule
	if n := r.IntN(len(all.cluster) + len(all.namespaced)); n < len(all.cluster) {
		rule = all.cluster[n].Rules[0]
	} else {
		role := all.namespaced[n-len(all.cluster)]
		rule = role.Rules[0]
		if a.ResourceRequest {
			a.Namespace = role.Namespace
		}
	}
	take(r, &a.Verb, rule.Verbs)
	if !a.ResourceRequest {
		take(r, &a.Path, rule.NonResourceURLs)
		return
	}
	take(r, &a.APIGroup, rule.APIGroups)
	take(r, &a.Name, rule.ResourceNames)
	combined := join(a.Resource, a.Subresource)
	take(r, &combined, rule.Resources)
	a.Resource, a.Subresource, _ = strings.Cut(combined, "/")
}

func take(r *rand.Rand, into *string, from []string) {
	if len(from) > 0 {
		*into = pick(r, from)
	}
}
