package policy

import "encoding/json"

// The kinds of this file tell what Harvester's settings are checked against.

// Namespace is read for its name.
//
// Upstream: core/v1 Namespace.
type Namespace struct{ Object }

// StorageClass is what volumes are made with.
//
// Upstream: storage.k8s.io/v1 StorageClass.
type StorageClass struct {
	Object
	Provisioner string `json:"provisioner"`
}

// IsDefault says whether claims that name no class get this one.
//
// Upstream: kubernetes pkg/volume/util/storageclass.go, IsDefaultAnnotation.
func (s *StorageClass) IsDefault() bool {
	return s.Metadata.Annotations["storageclass.kubernetes.io/is-default-class"] == "true" ||
		s.Metadata.Annotations["storageclass.beta.kubernetes.io/is-default-class"] == "true"
}

// VolumeSnapshotClass is what snapshots are made with.
//
// Upstream: snapshot.storage.k8s.io/v1 VolumeSnapshotClass.
type VolumeSnapshotClass struct{ Object }

// Service is read for its addresses: those of default/kubernetes, and of the Services that carry Harvester's VIP.
//
// Upstream: core/v1 Service.
type Service struct {
	Object
	Spec struct {
		ClusterIPs []string `json:"clusterIPs"`
	} `json:"spec"`
	Status struct {
		LoadBalancer struct {
			Ingress []struct {
				IP string `json:"ip"`
			} `json:"ingress"`
		} `json:"loadBalancer"`
	} `json:"status"`
}

// ServiceCIDR is a network that Services get their addresses from.
//
// Upstream: networking.k8s.io/v1 ServiceCIDR, since Kubernetes 1.33.
type ServiceCIDR struct {
	Object
	Spec struct {
		CIDRs []string `json:"cidrs"`
	} `json:"spec"`
}

// ClusterNetwork is a network of the nodes' uplinks.
//
// Upstream: network.harvesterhci.io/v1beta1 ClusterNetwork, network-controller-harvester
// pkg/apis/network.harvesterhci.io/v1beta1/clusternetwork.go.
type ClusterNetwork struct{ Object }

// LonghornNode is read for the disks of a node.
//
// Upstream: longhorn.io/v1beta2 Node, longhorn-manager k8s/pkg/apis/longhorn/v1beta2/node.go.
type LonghornNode struct {
	Object
	Spec struct {
		Disks map[string]json.RawMessage `json:"disks"`
	} `json:"spec"`
}

// ManagedChart is read for fleet-local/harvester, where Harvester's installer keeps the networks that were chosen.
//
// Upstream: management.cattle.io/v3 ManagedChart; harvester pkg/installer/config/templates/rancherd-10-harvester.yaml.
type ManagedChart struct {
	Object
	Spec struct {
		Values struct {
			Promote struct {
				ClusterPodCIDR     string `json:"clusterPodCIDR"`
				ClusterServiceCIDR string `json:"clusterServiceCIDR"`
			} `json:"promote"`
		} `json:"values"`
	} `json:"spec"`
}

// Witness says whether the node only votes in etcd, and carries neither virtual machines nor volumes.
//
// Upstream: harvester pkg/webhook/resources/setting/validator.go, countNonWitnessNodes.
func (n *Node) Witness() bool {
	_, ok := n.Metadata.Labels["node-role.harvesterhci.io/witness"]
	return ok
}
