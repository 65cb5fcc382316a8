package admit

import (
	"encoding/json"
	"strings"

	admissionv1 "k8s.io/api/admission/v1"
	admissionregv1 "k8s.io/api/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// networks guards what connects: who attaches machines to a network, or a network to hosts, has to hold that network
// or these hosts, which only the object names.
//
// Upstream: ovirt-engine AddVnicProfileCommand, AttachNetworkToClusterCommand, HostSetupNetworksCommand.
var networks = Guard{
	Name: "networks",
	Doc: "Asks those who write network attachments, VlanConfigs and networks of hosts by roles of the hierarchy for the right on the " +
		"ClusterNetwork or the hosts that these name. Whom RBAC or a RoleTemplate lets write such an object, it does not bind.",
	Rules:  networkRules,
	Narrow: writtenByUsers(networkRules),
	Checks: []Check{
		{"attachments", byRoles(attachmentsAreHeld)},
		{"vlans", byRoles(vlansAreHeld)},
		{"hosts", byRoles(hostsAreHeld)},
	},
}

var networkRules = []admissionregv1.RuleWithOperations{
	onWrite(attachmentGroup, "network-attachment-definitions", admissionregv1.NamespacedScope),
	alsoOnDelete(onWrite(policy.NetworkGroup, "vlanconfigs", admissionregv1.ClusterScope)),
	alsoOnDelete(onWrite(policy.NetworkGroup, "hostnetworkconfigs", admissionregv1.ClusterScope)),
	alsoOnDelete(onWrite(policy.NetworkGroup, "linkmonitors", admissionregv1.ClusterScope)),
}

// attachmentsAreHeld asks for the networks under an attachment that is new, or that comes to lie on others.
func attachmentsAreHeld(q *Question) ([]need, error) {
	object, old, err := q.writes()
	if err != nil || q.Request.Resource.Group != attachmentGroup || going(old) {
		return nil, err
	}
	if old == nil {
		return underAttachment(object), nil
	}
	now, before := underAttachment(object), underAttachment(old)
	needs := added(underAttachment(object), before)
	return append(needs, added(before, now)...), nil
}

// underAttachment are the ClusterNetworks that an attachment names: in the label, and by the bridge in its
// configuration, which is the one that counts. An attachment that names none takes the right on all of them.
//
// Upstream: harvester/network-controller-harvester pkg/utils (the label; BridgeSuffix).
func underAttachment(object tree) []need {
	const label = "network.harvesterhci.io/clusternetwork"
	var config struct {
		Bridge string `json:"bridge"`
	}
	_ = json.Unmarshal([]byte(text(child(object, "spec"), "config")), &config) // of another CNI, or wrong, it has no bridge
	var needs []need
	for field, name := range map[string]string{
		"metadata.labels[" + label + "]": text(child(child(object, "metadata"), "labels"), label),
		"spec.config":                    strings.TrimSuffix(config.Bridge, "-br"),
	} {
		if name != "" {
			needs = append(needs, need{field: field, group: ovirt.CreateNetworkVnicProfile, on: policy.Spot{Type: ovirt.Network, Name: name}})
		}
	}
	if len(needs) == 0 {
		needs = append(needs, need{group: ovirt.CreateNetworkVnicProfile, on: policy.Spot{Type: ovirt.Network}})
	}
	return needs
}

// vlansAreHeld asks for the network that is put on hosts, or taken off them. Other changes are for who may configure
// the networks of the cluster, which authorization decides.
func vlansAreHeld(q *Question) ([]need, error) {
	object, old, err := q.writes()
	if err != nil || q.Request.Resource.Resource != "vlanconfigs" || object != nil && going(old) {
		return nil, err
	}
	var needs []need
	was, is := networkOfVlan(old), networkOfVlan(object)
	if old != nil && was != is {
		needs = append(needs, was)
	}
	if object != nil && was != is {
		needs = append(needs, is)
	}
	return needs, nil
}

func networkOfVlan(object tree) need {
	if object == nil {
		return need{}
	}
	return need{field: "spec.clusterNetwork", group: ovirt.AssignClusterNetwork,
		on: policy.Spot{Type: ovirt.Network, Name: text(child(object, "spec"), "clusterNetwork")}}
}

// hostsAreHeld asks for the host that a configuration selects by its name. One that selects otherwise may come to be
// for any host.
func hostsAreHeld(q *Question) ([]need, error) {
	object, old, err := q.writes()
	resource := q.Request.Resource.Resource
	if err != nil || resource != "hostnetworkconfigs" && resource != "linkmonitors" || q.Request.Operation == admissionv1.Update && going(old) {
		return nil, err
	}
	var needs []need
	for _, o := range []tree{old, object} {
		if o != nil {
			needs = append(needs, need{field: "spec.nodeSelector", group: ovirt.ConfigureHostNetwork, on: policy.Spot{Type: ovirt.Host, Name: hostOf(o)}})
		}
	}
	return needs, nil
}

// hostOf is the host that a selector of nodes is limited to, or "".
//
// Upstream: network.harvesterhci.io/v1beta1 LinkMonitorSpec (labels), HostNetworkConfigSpec (a label selector).
func hostOf(object tree) string {
	const hostname = "kubernetes.io/hostname"
	selector := child(child(object, "spec"), "nodeSelector")
	if labels := child(selector, "matchLabels"); labels != nil {
		return text(labels, hostname)
	}
	return text(selector, hostname)
}
