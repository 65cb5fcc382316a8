package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	authzv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// enoughNames is of how many names of one rule the rights are looked at: they are given together.
const enoughNames = 5

// checkRights asks the API server about everything that serve has to be allowed.
func (d *doctor) checkRights(ctx context.Context, say saying) {
	api, err := d.connect(d.as)
	if err != nil {
		say(statusError, "", err.Error(), "")
		return
	}
	rules := serveRules(d.config, d.setup, d.objs)
	asked, missing := 0, 0
	for _, namespace := range slices.Sorted(maps.Keys(rules)) {
		for i := range rules[namespace] {
			rule := &rules[namespace][i]
			denied, err := d.denied(ctx, api, namespace, rule)
			if err != nil {
				say(statusError, "", err.Error(), "who looks needs the right to impersonate the user of --as")
				return
			}
			asked++
			if len(denied) > 0 {
				missing++
				say(statusError, rightsOf(rule), "may not "+strings.Join(denied, ", "), roleHint(namespace, rule))
			}
		}
	}
	who, hint := d.as, ""
	if d.as == "" {
		who, hint = "the user of the kubeconfig", "name the server's account with --as system:serviceaccount:NAMESPACE:NAME, unless this is it"
	}
	switch {
	case asked == 0:
		say(statusOK, "", "the server needs none: its policy is not in this cluster", "")
	case missing == 0:
		say(statusOK, who, fmt.Sprintf("may do everything that the server needs: %d rules", asked), hint)
	}
}

// denied are the verbs of a rule that are not allowed.
func (d *doctor) denied(ctx context.Context, api kubernetes.Interface, namespace string, rule *rbacv1.PolicyRule) ([]string, error) {
	names := rule.ResourceNames
	if len(names) == 0 {
		names = []string{""}
	}
	names = names[:min(len(names), enoughNames)]
	var denied []string
	for _, whole := range rule.Resources {
		resource, sub, _ := strings.Cut(whole, "/")
		for _, verb := range rule.Verbs {
			for _, name := range names {
				review := &authzv1.SelfSubjectAccessReview{Spec: authzv1.SelfSubjectAccessReviewSpec{ResourceAttributes: &authzv1.ResourceAttributes{
					Namespace: namespace, Verb: verb, Group: rule.APIGroups[0], Version: "*", Resource: resource, Subresource: sub, Name: name,
				}}}
				answer, err := api.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, review, metav1.CreateOptions{})
				if err != nil {
					return nil, err
				}
				if !answer.Status.Allowed {
					denied = append(denied, strings.TrimSpace(verb+" "+whole+" "+name))
				}
			}
		}
	}
	return denied, nil
}

func rightsOf(rule *rbacv1.PolicyRule) string {
	resources := strings.Join(rule.Resources, ",")
	if rule.APIGroups[0] != "" {
		resources += "." + rule.APIGroups[0]
	}
	return resources
}

// roleHint is the rule as a Role has it.
func roleHint(namespace string, rule *rbacv1.PolicyRule) string {
	names := ""
	if len(rule.ResourceNames) > 0 {
		names = fmt.Sprintf(", resourceNames: [%s]", strings.Join(rule.ResourceNames, ", "))
	}
	role := "a ClusterRole"
	if namespace != "" {
		role = "a Role in " + namespace
	}
	return fmt.Sprintf("give it in %s: {apiGroups: [%q], resources: [%s]%s, verbs: [%s]}", role, rule.APIGroups[0],
		strings.Join(rule.Resources, ", "), names, strings.Join(rule.Verbs, ", "))
}
