package apiserver

import (
	"context"
	"slices"
	"strings"

	authzv1 "k8s.io/api/authorization/v1"
	"k8s.io/apiserver/pkg/apis/apiserver"
	"k8s.io/apiserver/pkg/apis/apiserver/validation"
)

// caller is somebody who makes requests.
type caller struct {
	what   string
	user   string
	groups []string
}

// anybody is no one in particular.
var anybody = caller{"anybody", "jane", []string{"system:authenticated"}}

// needed are those without whom a cluster stops. Members of system:masters are not among them: kube-apiserver allows
// them everything before it asks anybody.
// Upstream: kubernetes pkg/kubeapiserver/authorizer/reload.go.
var needed = []caller{
	{"nodes", "system:node:a", []string{"system:nodes", "system:authenticated"}},
	{"the control plane (system:kube-…)", "system:kube-controller-manager", []string{"system:authenticated"}},
	{"accounts of kube-system", "system:serviceaccount:kube-system:generic-garbage-collector",
		[]string{"system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"}},
}

// vital are requests that they make all the time.
var vital = []authzv1.SubjectAccessReviewSpec{
	{ResourceAttributes: &authzv1.ResourceAttributes{Verb: "update", Group: "coordination.k8s.io", Version: "v1", Resource: "leases", Namespace: "kube-system", Name: "a"}},
	{ResourceAttributes: &authzv1.ResourceAttributes{Verb: "list", Version: "v1", Resource: "pods"}},
	{NonResourceAttributes: &authzv1.NonResourceAttributes{Verb: "get", Path: "/api"}},
}

func essential(c *chain) []note {
	return c.each(func(l link) (note, bool) {
		waiting := l.waiting()
		return note{".matchConditions", "these wait for the webhook too: " + strings.Join(waiting, ", "), keepAway}, !l.last && !l.locks() && len(waiting) > 0
	})
}

func locks(c *chain) []note {
	return c.each(func(l link) (note, bool) {
		return note{".failurePolicy", "while the webhook is down, Deny refuses everything to those who have to start it again: " + strings.Join(l.waiting(), ", "),
			"use NoOpinion, and " + keepAway}, l.locks()
	})
}

const keepAway = "add the matchConditions that `bailiwick gen authorization-config` prints"

func (l link) denies() bool { return l.FailurePolicy == apiserver.FailurePolicyDeny }

// locks says whether the cluster stops with the webhook. Behind RBAC nothing does that RBAC allows.
func (l link) locks() bool { return l.denies() && !l.last && len(l.waiting()) > 0 }

// waiting are those that the webhook is asked about although the cluster needs them.
func (l link) waiting() []string {
	var who []string
	for _, n := range needed {
		if l.asks(n) {
			who = append(who, n.what)
		}
	}
	return who
}

// asks says whether a caller's requests wait for the webhook, at least some of the vital ones. Conditions that cannot
// be read are refused as such.
func (l link) asks(who caller) bool {
	matcher, errs := validation.ValidateAndCompileMatchConditions(celCompiler(), l.MatchConditions)
	if len(errs) > 0 {
		return false
	}
	return matcher == nil || slices.ContainsFunc(vital, func(spec authzv1.SubjectAccessReviewSpec) bool {
		spec.User, spec.Groups = who.user, who.groups
		asked, err := matcher.Eval(context.Background(), &authzv1.SubjectAccessReview{Spec: spec})
		// With Deny an error refuses the request, as if the webhook had.
		return asked || err != nil && l.denies()
	})
}
