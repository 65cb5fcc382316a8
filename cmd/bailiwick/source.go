package main

import (
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/bailiwick-dev/bailiwick/authorizer"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
	"github.com/bailiwick-dev/bailiwick/policy/watch"
)

// checkSource finds out whether the configuration says where the policy is.
func checkSource(c *config) error {
	live := c.Kubeconfig != "" || c.InCluster || c.PolicyKubeconfig != ""
	switch {
	case c.PolicyDir == "" && !live:
		return broken("add --policy-dir DIR, as --policy-dir examples/policy, or --kubeconfig FILE for a live cluster (--in-cluster in a pod)",
			"no policy: neither --policy-dir nor --kubeconfig is given")
	case c.PolicyDir != "" && live:
		return broken("leave one of them out", "--policy-dir goes with neither --kubeconfig, --in-cluster nor --policy-kubeconfig: a policy is read from one place")
	case c.Kubeconfig != "" && c.InCluster:
		return broken("leave one of them out", "--kubeconfig and --in-cluster both name the cluster that is served")
	case c.StateDir != "" && !live:
		return broken("leave it out: a directory is still there after a restart", "--state-dir is for a policy that is read from a cluster")
	}
	return nil
}

// openSource opens the place where the policy is.
func openSource(c *config, reg prometheus.Registerer, log *slog.Logger) (source, error) {
	if c.PolicyDir != "" {
		return load.NewReader(c.PolicyDir), nil
	}
	live, err := watch.New(watch.Options{
		Clusters:  clustersOf(c),
		StateDir:  c.StateDir,
		UserAgent: "bailiwick/" + buildVersion(),
		Log:       log,
	})
	if err != nil {
		return nil, broken("--kubeconfig and --policy-kubeconfig take a file as for kubectl, --in-cluster works in a pod, --state-dir takes a directory to write to", "%w", err)
	}
	reg.MustRegister(&staleKinds{live})
	return live, nil
}

// clustersOf says which cluster tells what: the fleet is told by the management cluster, facts by the one that is served.
func clustersOf(c *config) []watch.Cluster {
	var clusters []watch.Cluster
	fleet := policy.Fleet
	if c.PolicyKubeconfig != "" {
		clusters = append(clusters, watch.Cluster{Kubeconfig: c.PolicyKubeconfig, Reads: policy.Fleet})
		fleet = 0
	}
	if c.Kubeconfig != "" || c.InCluster {
		reads := policy.Here | fleet
		if hierarchyOf(c) != authorizer.Off {
			reads |= policy.Inventory
		}
		clusters = append(clusters, watch.Cluster{Kubeconfig: c.Kubeconfig, Reads: reads})
	}
	return clusters
}

// staleKinds tells of each kind whether it may be out of date.
type staleKinds struct{ source *watch.Source }

var staleDesc = prometheus.NewDesc("bailiwick_source_stale",
	"1 while objects of the kind cannot be read from the cluster and the last good ones stay in force.", []string{"kind"}, nil)

func (k *staleKinds) Describe(ch chan<- *prometheus.Desc) { ch <- staleDesc }

func (k *staleKinds) Collect(ch chan<- prometheus.Metric) {
	for kind, stale := range k.source.Stale() {
		value := 0.0
		if stale {
			value = 1
		}
		ch <- prometheus.MustNewConstMetric(staleDesc, prometheus.GaugeValue, value, kind)
	}
}
