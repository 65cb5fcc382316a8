package ovirt

// hostRules are about hosts, clusters and data centers; see machineRules.
var hostRules = [groupEnd][]row{
	CreateHost: {{Host, Container, Request, core, "nodes", "create"}},
	EditHostConfiguration: {
		{Host, Named, Request, core, "nodes", edit},
		{Host, Container, Request, "node.harvesterhci.io", "cloudinits", write},
		{Host, Named, Request, "node.harvesterhci.io", "hugepages ksmtuneds nodeconfigs", edit},
		{Host, Container, Request, "devices.harvesterhci.io", "*", edit},
	},
	DeleteHost: {{Host, Named, Request, core, "nodes", "delete"}},
	ManipulateHost: {
		{Host, Named, Request, core, "nodes", edit},
		{Host, Container, Request, core, "pods/eviction", "create"},
	},
	ConfigureHostNetwork: {
		{Host, Body, RequestAndBody, network, "hostnetworkconfigs linkmonitors", write},
		{Host, Container, Request, network, "vlanstatuses", "get list watch"},
	},

	// Where a cluster belongs is told by its labels.
	CreateCluster: {
		{DataCenter, Body, RequestAndBody, sveltos, "sveltosclusters", "create"},
		{DataCenter, Body, RequestAndBody, capi, "clusters", "create"},
		{DataCenter, Body, RequestAndBody, provisioning, "clusters", "create"},
	},
	EditClusterConfiguration: {
		{Cluster, Named, Request, sveltos, "sveltosclusters", edit},
		{Cluster, Named, Request, capi, "clusters", edit},
		{Cluster, Named, Request, provisioning, "clusters", edit},
		{Cluster, Container, Request, harvester, "settings", edit},
		{Cluster, Container, Request, harvester, "upgrades", "create"},
		{Cluster, Container, Request, "migrations.kubevirt.io", "migrationpolicies", write},
	},
	DeleteCluster: {
		{Cluster, Named, Request, sveltos, "sveltosclusters", "delete"},
		{Cluster, Named, Request, capi, "clusters", "delete"},
		{Cluster, Named, Request, provisioning, "clusters", "delete"},
	},

	// A ClusterGroup of Fleet is nobody's object here.
	CreateStoragePool: {{System, Container, Request, bailiwick, "datacenters", "create"}, {System, Container, Request, fleet, "clustergroups", "create"}},
	DeleteStoragePool: {{DataCenter, Named, Request, bailiwick, "datacenters", "delete"}, {System, Container, Request, fleet, "clustergroups", "delete"}},
	EditStoragePoolConfiguration: {
		{DataCenter, Named, Request, bailiwick, "datacenters", edit},
		{System, Container, Request, fleet, "clustergroups", edit},
	},
}
