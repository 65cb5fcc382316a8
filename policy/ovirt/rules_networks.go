package ovirt

// networkRules are about networks and network attachments; see machineRules. A VlanConfig connects the cluster network that
// it names to hosts; a network attachment belongs to the cluster network of its label.
var networkRules = [groupEnd][]row{
	ConfigureClusterNetwork:     {{Cluster, Container, Request, network, "vlanconfigs", edit}},
	AssignClusterNetwork:        {{Network, Body, OnlyBody, network, "vlanconfigs", "create delete"}},
	CreateStoragePoolNetwork:    {{Network, Container, Request, network, "clusternetworks", "create"}},
	ConfigureStoragePoolNetwork: {{Network, Named, Request, network, "clusternetworks", "update patch delete"}},
	DeleteStoragePoolNetwork:    {{Network, Named, Request, network, "clusternetworks", "delete"}},
	CreateNetworkVnicProfile:    {{Network, Body, OnlyBody, nads, "network-attachment-definitions", "create"}},
	ConfigureNetworkVnicProfile: {{VnicProfile, Named, Request, nads, "network-attachment-definitions", edit}},
	DeleteNetworkVnicProfile:    {{VnicProfile, Named, Request, nads, "network-attachment-definitions", "delete"}},
}
