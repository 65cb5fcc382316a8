package main

import "regexp"

// rancherOptions say which cluster of Rancher's is served.
var rancherOptions = []option{
	field("rancher-cluster", "the `ID` that Rancher gives the cluster that is served, as c-m-abcdefgh or local; bindings of RoleTemplates then grant what they say there",
		func(c *config) *string { return &c.RancherCluster }),
}

// rancherID is how Rancher names clusters: local, c-abcde or c-m-abcdefgh.
var rancherID = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)

func checkRancher(s *setup, c *config) error {
	s.policy.RancherCluster = c.RancherCluster
	return checkRancherID(c.RancherCluster)
}

// checkRancherID reads --rancher-cluster; it may be left out.
func checkRancherID(id string) error {
	if id != "" && !rancherID.MatchString(id) {
		return broken("it is the name of the Cluster of management.cattle.io, as c-m-abcdefgh", "--rancher-cluster: %q is no id of a cluster", id)
	}
	return nil
}
