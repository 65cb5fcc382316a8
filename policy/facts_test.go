package policy_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/settings"
)

const (
	vipObject   = "---\n{apiVersion: v1, kind: ConfigMap, metadata: {namespace: harvester-system, name: vip}, data: {enabled: 'true', ip: 192.168.20.10}}\n"
	noVIP       = "---\n{apiVersion: v1, kind: ConfigMap, metadata: {namespace: harvester-system, name: vip}, data: {enabled: 'false', ip: ''}}\n"
	traefik     = "---\n{apiVersion: v1, kind: Service, metadata: {namespace: kube-system, name: rke2-traefik}, status: {loadBalancer: {ingress: [{ip: 192.168.20.10}, {ip: 0.0.0.0}, {ip: 'fd00:20::10'}, {hostname: lb}]}}}\n"
	chart       = "---\n{apiVersion: management.cattle.io/v3, kind: ManagedChart, metadata: {namespace: fleet-local, name: harvester}, spec: {values: {promote: {clusterPodCIDR: '172.16.0.0/16, fd00:52::/56', clusterServiceCIDR: 172.17.0.0/16}}}}\n"
	otherChart  = "---\n{apiVersion: management.cattle.io/v3, kind: ManagedChart, metadata: {namespace: fleet-local, name: harvester-crd}, spec: {}}\n"
	serviceCIDR = "---\n{apiVersion: networking.k8s.io/v1, kind: ServiceCIDR, metadata: {name: kubernetes}, spec: {cidrs: [172.18.0.0/16]}}\n"
	kubernetes  = "---\n{apiVersion: v1, kind: Service, metadata: {namespace: default, name: kubernetes}, spec: {clusterIPs: [172.19.0.1]}}\n"
	member      = "---\n{apiVersion: v1, kind: Node, metadata: {name: a}, spec: {podCIDRs: [172.20.1.0/24]}, status: {addresses: [{type: InternalIP, address: 192.168.20.11}, {type: Hostname, address: a}]}}\n"
	witness     = "---\n{apiVersion: v1, kind: Node, metadata: {name: w, labels: {node-role.harvesterhci.io/witness: 'true'}}}\n"
	disks       = "---\n{apiVersion: longhorn.io/v1beta2, kind: Node, metadata: {namespace: longhorn-system, name: a}, spec: {disks: {one: {path: /}, two: {}}}}\n"
	classes     = "---\n{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: longhorn, annotations: {storageclass.kubernetes.io/is-default-class: 'true'}}, provisioner: driver.longhorn.io}\n" +
		"---\n{apiVersion: snapshot.storage.k8s.io/v1, kind: VolumeSnapshotClass, metadata: {name: longhorn-snapshot}}\n"
	others = "---\n{apiVersion: v1, kind: Namespace, metadata: {name: tenant-a}}\n" +
		"---\n{apiVersion: network.harvesterhci.io/v1beta1, kind: ClusterNetwork, metadata: {name: stor}}\n" +
		"---\n{apiVersion: harvesterhci.io/v1beta1, kind: Setting, metadata: {name: log-level}, default: info, value: debug}\n" +
		"---\n{apiVersion: harvesterhci.io/v1beta1, kind: Setting, metadata: {name: ui-source}, default: auto, value: ''}\n"
)

func nets(texts ...string) (list []netip.Prefix) {
	for _, t := range texts {
		list = append(list, netip.MustParsePrefix(t))
	}
	return list
}

func addrs(texts ...string) []netip.Addr {
	list := []netip.Addr{}
	for _, t := range texts {
		list = append(list, netip.MustParseAddr(t))
	}
	return list
}

func TestSettingFacts(t *testing.T) {
	configured := policy.Options{PodCIDRs: nets("10.52.0.0/16"), ServiceCIDRs: nets("10.53.0.0/16"), VIPs: addrs("10.0.0.1"),
		UIHosts: []string{"ui.example"}, RegistrationHosts: []string{"rancher.example"}, RKE2CertLifetime: time.Hour}
	node := settings.Node{Name: "a", Addresses: addrs("192.168.20.11")}
	for name, tc := range map[string]struct {
		policy  string
		options policy.Options
		want    settings.Facts
	}{
		"nothing is known":                {otherChart, policy.Options{}, settings.Facts{}},
		"a VIP":                           {vipObject, policy.Options{}, settings.Facts{VIPs: addrs("192.168.20.10")}},
		"a VIP that is switched off":      {noVIP, policy.Options{}, settings.Facts{VIPs: addrs()}},
		"a VIP of either family":          {vipObject + traefik, policy.Options{}, settings.Facts{VIPs: addrs("192.168.20.10", "fd00:20::10")}},
		"what the installer was told":     {chart + serviceCIDR + kubernetes, policy.Options{}, settings.Facts{PodCIDRs: nets("172.16.0.0/16", "fd00:52::/56"), ServiceCIDRs: nets("172.17.0.0/16")}},
		"ServiceCIDRs before one Service": {serviceCIDR + kubernetes, policy.Options{}, settings.Facts{ServiceCIDRs: nets("172.18.0.0/16")}},
		"a Service shows a part":          {kubernetes, policy.Options{}, settings.Facts{ServiceCIDRs: nets("172.19.0.1/32"), ServiceCIDRsPartial: true}},
		"a node shows a part": {member, policy.Options{}, settings.Facts{Nodes: []settings.Node{node}, NodesKnown: true,
			PodCIDRs: nets("172.20.1.0/24"), PodCIDRsPartial: true}},
		"configuration comes first": {chart + vipObject, configured, settings.Facts{PodCIDRs: nets("10.52.0.0/16"), ServiceCIDRs: nets("10.53.0.0/16"),
			VIPs: addrs("10.0.0.1"), Hosts: []string{"ui.example"}, RegistrationHosts: []string{"rancher.example"}, RKE2CertLifetime: time.Hour}},
		"disks, and a witness": {member + witness + disks + chart, policy.Options{}, settings.Facts{NodesKnown: true,
			Nodes:    []settings.Node{{Name: "a", Addresses: addrs("192.168.20.11"), Disks: 2}, {Name: "w", Witness: true}},
			PodCIDRs: nets("172.16.0.0/16", "fd00:52::/56"), ServiceCIDRs: nets("172.17.0.0/16")}},
		"classes": {classes, policy.Options{}, settings.Facts{VolumeSnapshotClasses: []string{"longhorn-snapshot"},
			StorageClasses: []settings.StorageClass{{Name: "longhorn", Provisioner: "driver.longhorn.io", Default: true}}}},
		"names and other settings": {others, policy.Options{}, settings.Facts{Namespaces: []string{"tenant-a"}, ClusterNetworks: []string{"stor"},
			Settings: map[string]string{"log-level": "debug", "ui-source": "auto"}}},
	} {
		t.Run(name, func(t *testing.T) {
			objs, problems := read(t, tc.policy)
			require.Empty(t, problems)
			snap, problems := policy.Compile(objs, tc.options)
			require.Empty(t, problems)
			require.Equal(t, tc.want, snap.SettingFacts())
		})
	}
}

// A setting that was right is reported when a node joins that it leaves out; the node is not.
func TestStoredSettingsAreJudgedAgain(t *testing.T) {
	const proxy = "---\n" + `{apiVersion: harvesterhci.io/v1beta1, kind: Setting, metadata: {name: http-proxy}, default: '{}', value: '{"httpProxy":"http://u:hunter2@p:3128","noProxy":"192.168.20.0/24"}'}` + "\n"
	const joined = "---\n{apiVersion: v1, kind: Node, metadata: {name: d}, status: {addresses: [{type: InternalIP, address: 192.168.21.14}]}}\n"
	objs, _ := read(t, proxy+member)
	_, problems := policy.Compile(objs, policy.Options{})
	require.Empty(t, problems)

	objs, _ = read(t, proxy+member+joined)
	snap, problems := policy.Compile(objs, policy.Options{})
	require.Len(t, problems, 1)
	require.Equal(t, policy.Warning, problems[0].Severity, "it is in force, though not as meant")
	require.Equal(t, `policy.yaml:2: Setting "http-proxy": value/noProxy: noProxy does not cover 1 of 2 node addresses: 192.168.21.14 (node d)`, problems[0].String())
	require.Equal(t, `set noProxy to "172.20.1.0/24,192.168.20.0/24,192.168.21.14"`, problems[0].Hint)
	require.NotContains(t, problems[0].String()+problems[0].Hint, "hunter2")
	require.Len(t, snap.SettingFacts().Nodes, 2)

	const byDefault = "---\n{apiVersion: harvesterhci.io/v1beta1, kind: Setting, metadata: {name: log-level}, default: loud}\n"
	objs, _ = read(t, byDefault)
	_, problems = policy.Compile(objs, policy.Options{})
	require.Len(t, problems, 1)
	require.Equal(t, "default", problems[0].Path)
}

func TestFactsThatCannotBeRead(t *testing.T) {
	objs, problems := read(t, "---\n{apiVersion: v1, kind: ConfigMap, metadata: {namespace: harvester-system, name: vip}, data: {enabled: 'true', ip: 192.168.20}}\n"+
		"---\n{apiVersion: v1, kind: Node, metadata: {name: a}, spec: {podCIDRs: [here]}}\n")
	require.Empty(t, problems)
	_, problems = policy.Compile(objs, policy.Options{})
	require.Len(t, problems, 2)
	require.Contains(t, problems[0].String(), `ConfigMap harvester-system/vip: data.ip: "192.168.20" is not used`)
	require.Contains(t, problems[1].String(), `Node "a": spec.podCIDRs: "here" is not used`)
}
