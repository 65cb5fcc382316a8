package admit

import (
	"encoding/json"
	"slices"
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

// underAttachment are the ClusterNetworks that an attachment names: in the label, and by the bridges in its
// configuration, which are the ones that count. One that names none, or that gets to a host's network in another way,
// takes the right on all of them.
//
// Upstream: harvester/network-controller-harvester pkg/utils (the label; BridgeSuffix).
func underAttachment(object tree) []need {
	const label = "network.harvesterhci.io/clusternetwork"
	var needs []need
	add := func(field, network, item string) {
		needs = append(needs, need{field: field, item: item, group: ovirt.CreateNetworkVnicProfile, on: policy.Spot{Type: ovirt.Network, Name: network}})
	}
	if network := text(child(child(object, "metadata"), "labels"), label); network != "" {
		add("metadata.labels["+label+"]", network, "")
	}
	config := text(child(object, "spec"), "config")
	bridges, told := bridgesIn(config)
	for _, bridge := range bridges {
		add("spec.config", strings.TrimSuffix(bridge, "-br"), "")
	}
	switch {
	case !told:
		add("spec.config", "", config)
	case len(needs) == 0:
		add("", "", "")
	}
	return needs
}

// bridgesIn are the bridges to which a configuration of CNI connects. It is not told when there is anything but bridges and
// Kube-OVN in it, or what plugins might read in another way than we do.
//
// Upstream: containernetworking/cni SPEC.md; harvester/network-controller-harvester pkg/utils/nad.go (no type is bridge).
func bridgesIn(config string) (bridges []string, told bool) {
	if config == "" {
		return nil, true
	}
	var conf tree
	if json.Unmarshal([]byte(config), &conf) != nil {
		return nil, false
	}
	list, _ := conf["plugins"].([]any)
	for _, plugin := range append([]any{conf}, list...) {
		fields, _ := plugin.(tree)
		for key := range fields { // Go takes Bridge for bridge
			if lower := strings.ToLower(key); lower != key && slices.Contains([]string{"type", "bridge", "plugins"}, lower) {
				return nil, false
			}
		}
		kind, bridge := text(fields, "type"), text(fields, "bridge")
		switch {
		case kind != "" && kind != "bridge" && kind != "kube-ovn", kind == "bridge" && bridge == "":
			return nil, false
		case bridge != "":
			bridges = append(bridges, bridge)
		}
	}
	return bridges, true
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
