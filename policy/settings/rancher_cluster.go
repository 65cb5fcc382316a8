package settings

// rancherCluster follows validateRancherCluster. When the switch is on,
// Harvester looks for a usable kubeConfig in the Secret
// harvester-system/rancher-cluster-config; Secrets are not read here, so this
// is said and left to Harvester. The switch itself is warned of: deleting a
// namespace then deletes clusters in Rancher.
var rancherCluster = setting{
	Info: Info{
		Name:    "rancher-cluster",
		Since:   "1.6",
		Form:    "JSON {removeUpstreamClusterWhenNamespaceIsDeleted}",
		Default: `{}`,
		Example: `{"removeUpstreamClusterWhenNamespaceIsDeleted":false}`,
		Doc: "Refused: wrong types, misspelt keys. Warned: the switch being on, because deleting a namespace then deletes clusters in Rancher. " +
			"Left to Harvester: the Secret rancher-cluster-config.",
	},
	check: func(value string, _ Facts) (r Result) {
		o := decode(value, &r)
		if o == nil {
			return r
		}
		const key = "removeUpstreamClusterWhenNamespaceIsDeleted"
		on := o.flag(key)
		o.restStrict()
		if on {
			r.warnf("/"+key, "deleting a namespace will delete the clusters in Rancher whose machines run in it")
			r.unknownf("/"+key, "whether Secret harvester-system/rancher-cluster-config holds a usable kubeConfig, without which Harvester refuses")
		}
		return r
	},
}
