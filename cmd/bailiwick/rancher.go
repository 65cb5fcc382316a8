package main

import (
	"cmp"
	"regexp"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/bailiwick-dev/bailiwick/authorizer"
)

// rancherOptions say how the roles of Rancher count.
var rancherOptions = []option{
	field("rancher-cluster", "the `ID` that Rancher gives the cluster that is served, as c-m-abcdefgh or local; bindings of RoleTemplates then grant what they say there",
		func(c *config) *string { return &c.RancherCluster }),
	field("templates", "how far they count: `on|shadow|off`; shadow lets RBAC decide and counts the differences (default: on)",
		func(c *config) *string { return &c.Templates }),
}

// rancherID is how Rancher names clusters: local, c-abcde or c-m-abcdefgh.
var rancherID = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)

func checkRancher(s *setup, c *config) error {
	s.templates = authorizer.Rollout(cmp.Or(c.Templates, string(authorizer.On)))
	switch s.templates {
	case authorizer.On, authorizer.Shadow, authorizer.Off:
	default:
		return broken("choose one of on, shadow, off", "--templates: %q is unknown", c.Templates)
	}
	switch {
	case c.RancherCluster == "" && c.Templates != "":
		return broken("name the cluster with --rancher-cluster ID", "--templates without --rancher-cluster")
	case c.RancherCluster != "" && !rancherID.MatchString(c.RancherCluster):
		return broken("it is the name of the Cluster of management.cattle.io, as c-m-abcdefgh", "--rancher-cluster: %q is no id of a cluster", c.RancherCluster)
	}
	s.policy.RancherCluster = c.RancherCluster
	return nil
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
