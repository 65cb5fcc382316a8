package settings

import (
	"net/netip"
	"time"
)

// Facts is what is known of the cluster that the value is meant for. The zero
// value knows nothing, and what is unknown is said in a warning, not guessed.
// A nil slice is unknown; one that is empty but not nil is known to be empty.
type Facts struct {
	// Now is the time at which certificates must be valid.
	Now time.Time

	Nodes []Node
	// NodesKnown says that Nodes is complete, so that an empty list means a
	// cluster without nodes.
	NodesKnown bool

	VIPs         []netip.Addr // addresses of the cluster that move between nodes
	Hosts        []string     // DNS names by which people reach UI and API
	PodCIDRs     []netip.Prefix
	ServiceCIDRs []netip.Prefix
	// PodCIDRsPartial and ServiceCIDRsPartial say that the networks are only
	// what single nodes and Services show: parts of the cluster's networks.
	PodCIDRsPartial     bool
	ServiceCIDRsPartial bool

	// Settings holds effective values (value, or else default) as they are
	// stored now. The entry of the setting under check is what it replaces.
	Settings map[string]string

	Namespaces            []string
	StorageClasses        []StorageClass
	VolumeSnapshotClasses []string
	ClusterNetworks       []string // names of ClusterNetwork objects, "mgmt" included or not

	// RegistrationHosts lists the only hosts that cluster-registration-url may
	// name. Nil means that there is no such list.
	RegistrationHosts []string
	// RKE2CertLifetime is how long RKE2 issues its certificates for; zero
	// stands for RKE2's own default of 365 days.
	RKE2CertLifetime time.Duration
}

// Node is a node of the cluster, whatever its role.
type Node struct {
	Name      string
	Addresses []netip.Addr // those of type InternalIP
	Witness   bool         // carries etcd only: no VMs, no storage
	Disks     int          // disks that Longhorn uses on it, 0 if unknown
}

// StorageClass is a storage.k8s.io/v1 StorageClass.
type StorageClass struct {
	Name        string
	Provisioner string
	Default     bool // carries the is-default-class annotation
}
