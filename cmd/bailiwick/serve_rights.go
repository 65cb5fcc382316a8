package main

import (
	"maps"
	"slices"

	admissionregv1 "k8s.io/api/admissionregistration/v1"
	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/watch"
)

// serveRules are what serve has to be allowed in the cluster that it serves, and no more: by namespace for Roles, and
// under "" for a ClusterRole. The objects are the policy, which names some of what is read.
func serveRules(c *config, s *setup, o *policy.Objects) map[string][]rbacv1.PolicyRule {
	rules := map[string][]rbacv1.PolicyRule{}
	for _, cluster := range clustersOf(c) {
		if cluster.Kubeconfig == c.Kubeconfig {
			rules = maps.Clone(watch.Rules(cluster.Reads, o))
		}
	}
	if registers(c) {
		rules[""] = append(rules[""], registrationRules(c)...)
	}
	if writesConditions(c) {
		rules[""] = append(rules[""], conditionRules()...)
	}
	if c.CertSecret != "" {
		at := s.certSecret.Namespace
		rules[at] = append(rules[at], certificateRules(s.certSecret.Name)...)
	}
	return rules
}

// registrationRules let webhooks be kept up to date. Those that change objects are looked at only for their CA.
func registrationRules(c *config) []rbacv1.PolicyRule {
	resources, verbs := []string{"validatingwebhookconfigurations"}, []string{"list", "watch", "update"}
	if c.CertSecret != "" {
		resources = slices.Insert(resources, 0, "mutatingwebhookconfigurations")
	}
	if c.Register != "" {
		verbs = append(verbs, "create")
	}
	return []rbacv1.PolicyRule{{APIGroups: []string{admissionregv1.GroupName}, Resources: resources, Verbs: verbs}}
}

// certificateRules let the Secret be made, which RBAC cannot narrow to a name, followed and renewed.
func certificateRules(secret string) []rbacv1.PolicyRule {
	return []rbacv1.PolicyRule{
		{APIGroups: []string{""}, Resources: []string{"secrets"}, Verbs: []string{"create"}},
		{APIGroups: []string{""}, Resources: []string{"secrets"}, ResourceNames: []string{secret}, Verbs: []string{"get", "watch", "update"}},
	}
}
