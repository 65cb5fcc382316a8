package apiserver

import (
	"fmt"
	"slices"
	"strings"

	admissionregv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// resource is a kind of object that a cluster cannot do without.
type resource struct {
	group, name string
	stops       string // what stops when it cannot be written
	cluster     bool   // it stands in no namespace
}

// lifelines are what a cluster lives from. It comes to a halt with a webhook that fails closed on all of a kind.
var lifelines = []resource{
	{group: "", name: "secrets", stops: "nodes cannot join, and certificates are not renewed"},
	{group: "", name: "namespaces", cluster: true, stops: "none can be made or deleted"},
	{group: "", name: "nodes", cluster: true, stops: "they cannot join, or tell how they are"},
	{group: "coordination.k8s.io", name: "leases", stops: "controllers lose their leaders, and nodes count as gone"},
	{group: "authentication.k8s.io", name: "tokenreviews", cluster: true, stops: "nobody can log in to an extension by token"},
	{group: "authorization.k8s.io", name: "subjectaccessreviews", cluster: true, stops: "extensions cannot ask what anybody may do"},
}

// starting is what a pod starts from: itself, who makes it, and what it reads.
var starting = []resource{
	{group: "", name: "pods"}, {group: "", name: "configmaps"}, {group: "", name: "secrets"}, {group: "", name: "serviceaccounts"},
	{group: "", name: "services"}, {group: "", name: "endpoints"}, {group: "discovery.k8s.io", name: "endpointslices"},
	{group: "apps", name: "deployments"}, {group: "apps", name: "replicasets"}, {group: "apps", name: "daemonsets"}, {group: "apps", name: "statefulsets"},
}

// anyNamespace stands for one that carries no labels of its own.
const anyNamespace = "any"

func everything(r *registered) []note {
	return r.each(func(h hook) (note, bool) {
		return note{".rules", "covers every resource and fails closed: nothing can be written, and nothing be repaired, while it is down",
			"name the resources that it judges, narrow it by matchConditions, or use failurePolicy Ignore"}, h.closed() && h.coversAll()
	})
}

func lifeline(r *registered) []note {
	return r.each(func(h hook) (note, bool) {
		var stops []string
		for _, l := range lifelines {
			// The namespaceSelector looks at a Namespace's own labels, and lets whatever else stands in none pass.
			if h.covers(l) && (l.cluster && l.name != "namespaces" || h.reaches(anyNamespace)) {
				stops = append(stops, fmt.Sprintf("%s (%s)", l.name, l.stops))
			}
		}
		return note{".rules", "fails closed, while it is down, on " + strings.Join(stops, ", "),
			"narrow it by matchConditions or objectSelector to what it judges, or use failurePolicy Ignore"}, h.closed() && !h.coversAll() && len(stops) > 0
	})
}

func kubeSystem(r *registered) []note {
	return r.each(func(h hook) (note, bool) { return h.blocks("kube-system") })
}

func ownNamespace(r *registered) []note {
	return r.each(func(h hook) (note, bool) {
		if h.ClientConfig.Service == nil || h.ClientConfig.Service.Namespace == "kube-system" {
			return note{}, false
		}
		return h.blocks(h.ClientConfig.Service.Namespace)
	})
}

// blocks says whether pods of a namespace cannot start while the webhook is down.
func (h hook) blocks(namespace string) (note, bool) {
	var names []string
	for _, s := range starting {
		if h.covers(s) {
			names = append(names, s.name)
		}
	}
	if !h.closed() || len(names) == 0 || !h.reaches(namespace) {
		return note{}, false
	}
	if h.coversAll() {
		names = []string{"everything"}
	}
	return note{".namespaceSelector", fmt.Sprintf("fails closed on %s in %s too, so that its pods cannot start while the webhook is down", strings.Join(names, ", "), namespace),
		fmt.Sprintf("leave it out: matchExpressions [{key: %s, operator: NotIn, values: [%s]}]", corev1.LabelMetadataName, namespace)}, true
}

// closed says whether writes fail while the webhook is down, and nothing that can be seen here narrows which. What a
// condition says is taken for good: it can depend on anything.
func (h hook) closed() bool {
	fails := h.FailurePolicy == nil || *h.FailurePolicy == admissionregv1.Fail
	return fails && len(h.MatchConditions) == 0 && matches(h.ObjectSelector, nil)
}

// reaches says whether the webhook is asked about a namespace that has no labels but its name.
func (h hook) reaches(namespace string) bool {
	return matches(h.NamespaceSelector, labels.Set{corev1.LabelMetadataName: namespace})
}

// matches says whether a selector takes labels. One that kube-apiserver refuses takes all.
func matches(selector *metav1.LabelSelector, set labels.Set) bool {
	if selector == nil {
		return true
	}
	s, err := metav1.LabelSelectorAsSelector(selector)
	return err != nil || s.Matches(set)
}

func (h hook) coversAll() bool {
	return slices.ContainsFunc(h.Rules, func(r admissionregv1.RuleWithOperations) bool {
		return writes(r) && slices.Contains(r.APIGroups, "*") && (slices.Contains(r.Resources, "*") || slices.Contains(r.Resources, "*/*"))
	})
}

func (h hook) covers(what resource) bool {
	return slices.ContainsFunc(h.Rules, func(r admissionregv1.RuleWithOperations) bool {
		return writes(r) && inScope(r.Scope, what) && (slices.Contains(r.APIGroups, "*") || slices.Contains(r.APIGroups, what.group)) &&
			slices.ContainsFunc(r.Resources, func(name string) bool { return name == "*" || name == "*/*" || name == what.name })
	})
}

func inScope(scope *admissionregv1.ScopeType, what resource) bool {
	return scope == nil || *scope == admissionregv1.AllScopes || (*scope == admissionregv1.ClusterScope) == what.cluster
}

// writes says whether a rule is about more than connections to pods.
func writes(r admissionregv1.RuleWithOperations) bool {
	return slices.ContainsFunc(r.Operations, func(op admissionregv1.OperationType) bool { return op != admissionregv1.Connect })
}
