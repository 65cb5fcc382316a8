package main

import (
	"cmp"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/bailiwick-dev/bailiwick/authorizer"
)

// rolloutOptions say how far authorizers count that can be introduced step by step.
var rolloutOptions = []option{
	field("templates", "how far bindings of RoleTemplates count: `on|shadow|off`; shadow lets RBAC decide and counts the differences (default: on)",
		func(c *config) *string { return &c.Templates }),
	field("hierarchy", "how far RoleAssignments count: `on|shadow|off`; unless it is off, virtual machines and what belongs to them are followed in the cluster that is served (default: off)",
		func(c *config) *string { return &c.Hierarchy }),
}

func checkRollouts(s *setup, c *config) error {
	if c.RancherCluster == "" && c.Templates != "" {
		return broken("name the cluster with --rancher-cluster ID", "--templates without --rancher-cluster")
	}
	s.templates = authorizer.Rollout(cmp.Or(c.Templates, string(authorizer.On)))
	s.hierarchy = hierarchyOf(c)
	if err := known("templates", s.templates); err != nil {
		return err
	}
	return known("hierarchy", s.hierarchy)
}

func known(flag string, rollout authorizer.Rollout) error {
	switch rollout {
	case authorizer.On, authorizer.Shadow, authorizer.Off:
		return nil
	default:
		return broken("choose one of on, shadow, off", "--%s: %q is unknown", flag, rollout)
	}
}

// hierarchyOf is how far RoleAssignments count.
func hierarchyOf(c *config) authorizer.Rollout {
	return authorizer.Rollout(cmp.Or(c.Hierarchy, string(authorizer.Off)))
}

// countCompared counts how RBAC and an authorizer in shadow would decide.
func countCompared(reg prometheus.Registerer) authorizer.Compared {
	compared := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "bailiwick_shadow_decisions_total",
		Help: "Requests of the users whom an authorizer in shadow knows, by whether it and the policy's RBAC allow them.",
	}, []string{"authorizer", "rbac", "granted"})
	reg.MustRegister(compared)
	return func(authorizer string, rbac, granted bool) {
		compared.WithLabelValues(authorizer, strconv.FormatBool(rbac), strconv.FormatBool(granted)).Inc()
	}
}
