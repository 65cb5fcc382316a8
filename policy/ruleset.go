package policy

import (
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
)

// ruleSet is the rules of a role, ordered so that a question meets only those about its resource. Roles of Rancher have
// hundreds of them.
type ruleSet struct {
	byResource map[string][]sourcedRule
	// others are for every resource, and for paths.
	others []sourcedRule
	all    []rbacv1.PolicyRule
	vias   []string // of all, where each stands
}

// sourcedRule is a rule, and the role in which it stands, as reasons end with it.
type sourcedRule struct {
	*rbacv1.PolicyRule
	via string
}

func (s *ruleSet) add(rule *rbacv1.PolicyRule, via string) {
	sourced := sourcedRule{rule, via}
	s.all, s.vias = append(s.all, *rule), append(s.vias, via)
	var names []string
	for _, resource := range rule.Resources {
		name, _, _ := strings.Cut(resource, "/")
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if name == rbacv1.ResourceAll {
			continue
		}
		if s.byResource == nil {
			s.byResource = map[string][]sourcedRule{}
		}
		s.byResource[name] = append(s.byResource[name], sourced)
	}
	if slices.Contains(names, rbacv1.ResourceAll) || len(rule.NonResourceURLs) > 0 {
		s.others = append(s.others, sourced)
	}
}

// find is the first rule that allows the request, or nil.
func (s *ruleSet) find(ask *Ask) *sourcedRule {
	if s == nil {
		return nil
	}
	for _, list := range [...][]sourcedRule{s.byResource[ask.Resource], s.others} {
		for i := range list {
			if allows(list[i].PolicyRule, ask) {
				return &list[i]
			}
		}
	}
	return nil
}
