package policy

import (
	"strings"

	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// place is an object on which a role can be assigned, on the cluster that is served. System, the DataCenters and the
// Cluster have neither namespace nor name: there is one of each.
type place struct {
	on              ovirt.ObjectType
	namespace, name string
}

// String names the object: `VirtualMachine ns/vm`, `Cluster SveltosCluster:gke/one`, `System`.
func (p place) String() string {
	if kind, name, ok := strings.Cut(p.name, ":"); ok && p.on == ovirt.Cluster {
		return p.on.String() + " " + ClusterRef{Kind: kind, Namespace: p.namespace, Name: name}.String()
	}
	return strings.TrimSuffix(Ref{Kind: p.on.String(), Namespace: p.namespace, Name: p.name}.String(), ` ""`)
}

// namespaceOf is the namespace in which the place is, or which it is; that of a cluster is elsewhere.
func (p place) namespaceOf() string {
	switch p.on {
	case ovirt.Namespace:
		return p.name
	case ovirt.Cluster:
		return ""
	default:
		return p.namespace
	}
}

// inNamespace says whether objects of a type are in a namespace.
func inNamespace(on ovirt.ObjectType) bool {
	switch on {
	case ovirt.VirtualMachine, ovirt.VirtualMachinePool, ovirt.Template, ovirt.Disk, ovirt.VnicProfile:
		return true
	default:
		return false
	}
}

// anyOf stands for any object of a type, in the namespace of a request where objects of the type are in one.
func anyOf(on ovirt.ObjectType, ask *Ask) place {
	if inNamespace(on) {
		return place{on: on, namespace: ask.Namespace}
	}
	return place{on: on}
}

var (
	theSystem     = place{on: ovirt.System}
	theDataCenter = place{on: ovirt.DataCenter}
	theCluster    = place{on: ovirt.Cluster}
)

// places is a way upwards from an object. It has room for all but a disk of many machines, so that finding the way takes
// no memory.
type places []place

const usualPlaces = 12

// above adds what stands above every object of a type in a namespace. Networks, storage and templates are in no cluster,
// and a namespace is above what people keep in it, but not above attachments to networks: who works in a namespace must
// not own its VLANs.
//
// Upstream: ovirt-engine fn_get_entity_parents; Namespace is ours.
func (ps places) above(on ovirt.ObjectType, namespace string) places {
	inNamespace, inCluster, inDataCenter := false, false, true
	switch on {
	case ovirt.VirtualMachine, ovirt.VirtualMachinePool:
		inNamespace, inCluster = true, true
	case ovirt.Namespace, ovirt.Host:
		inCluster = true
	case ovirt.Template, ovirt.Disk:
		inNamespace = true
	case ovirt.System, ovirt.DataCenter:
		inDataCenter = false
	default: // Cluster, StorageDomain, Network, VnicProfile
	}
	if inNamespace && namespace != "" {
		ps = append(ps, place{on: ovirt.Namespace, name: namespace})
	}
	if inCluster {
		ps = append(ps, theCluster)
	}
	if inDataCenter {
		ps = append(ps, theDataCenter)
	}
	if on != ovirt.System {
		ps = append(ps, theSystem)
	}
	return ps
}

// from is the way upwards from one object, itself included.
func (s *Snapshot) from(ps places, at place) places {
	ps = append(ps, at)
	switch at.on {
	case ovirt.Cluster:
		if at != theCluster {
			// On the management cluster there are all of them.
			return append(append(ps, s.dataCenters[at]...), theSystem)
		}
	case ovirt.DataCenter:
		return append(ps, theSystem)
	case ovirt.Disk:
		if class := s.inventory.classOf(at.namespace, at.name); class != "" {
			ps = append(ps, place{on: ovirt.StorageDomain, name: class})
		}
		users := s.inventory.usersOf(at.namespace, at.name)
		for _, vm := range users {
			ps = append(ps, place{ovirt.VirtualMachine, at.namespace, vm})
		}
		if len(users) > 0 {
			ps = append(ps, theCluster)
		}
	case ovirt.VnicProfile:
		if network := s.inventory.networkOf(at.namespace, at.name); network != "" {
			ps = append(ps, place{on: ovirt.Network, name: network})
		}
	default: // above them is what is above all of their type
	}
	return ps.above(at.on, at.namespace)
}

// way is where a requirement of a request can be met: the places at which a role would do.
func (s *Snapshot) way(ps places, q *ovirt.Requirement, ask *Ask) places {
	switch named := ask.Name != ""; {
	case named && q.Place == ovirt.Itself:
		return append(ps, itself(q.On, ask))
	case q.Place == ovirt.Itself:
		return ps
	case named && q.Place == ovirt.Named:
		return s.from(ps, s.named(q.On, ask))
	case named && q.Place == ovirt.Body:
		if p := s.inventory.belongs(q.On, ask); p.name != "" {
			return s.from(ps, p)
		}
	case q.Place == ovirt.Named && q.On == ovirt.Cluster: // any of them, in whichever data center
		return append(ps, theSystem)
	}
	// What is in a cluster or a namespace, whichever object it is, may be given there.
	switch q.On {
	case ovirt.System:
		ps = append(ps, theSystem)
	case ovirt.Cluster:
		ps = append(ps, theCluster)
	case ovirt.Namespace:
		if q.Place != ovirt.Named && ask.Namespace != "" {
			ps = append(ps, place{on: ovirt.Namespace, name: ask.Namespace})
		}
	default: // others are objects of which there are many
	}
	return ps.above(q.On, ask.Namespace)
}

// named is the object that a request names. A cluster is the one that is served only if it is named so: on the management
// cluster, which may be one of them, there are all.
func (s *Snapshot) named(on ovirt.ObjectType, ask *Ask) place {
	at := itself(on, ask)
	if on == ovirt.Cluster && at == clusterPlace(s.self) {
		return theCluster
	}
	return at
}

func itself(on ovirt.ObjectType, ask *Ask) place {
	switch on {
	case ovirt.System:
		return theSystem
	case ovirt.Cluster:
		return clusterPlace(ClusterRef{Kind: clusterKinds[ask.Resource], Namespace: ask.Namespace, Name: ask.Name})
	case ovirt.Namespace, ovirt.Host, ovirt.StorageDomain, ovirt.Network, ovirt.DataCenter:
		return place{on: on, name: ask.Name}
	default:
		return place{on, ask.Namespace, ask.Name}
	}
}

// clusterKinds are the kinds of clusters by resource.
var clusterKinds = map[string]string{"sveltosclusters": KindSveltosCluster, "clusters": KindCAPICluster}

// clusterPlace is a cluster among all of them.
func clusterPlace(ref ClusterRef) place {
	return place{ovirt.Cluster, ref.Namespace, ref.Kind + ":" + ref.Name}
}

// belongs is what the object that a request names belongs to, as far as the inventory knows.
func (inv *inventory) belongs(on ovirt.ObjectType, ask *Ask) place {
	switch {
	case on == ovirt.Network && ask.Resource == "vlanconfigs":
		return place{on: on, name: inv.networks[ask.Name]}
	case on == ovirt.Network && ask.Resource == "network-attachment-definitions":
		return place{on: on, name: inv.networkOf(ask.Namespace, ask.Name)}
	case on == ovirt.StorageDomain && (ask.Resource == "persistentvolumeclaims" || ask.Resource == "datavolumes"):
		return place{on: on, name: inv.classOf(ask.Namespace, ask.Name)}
	case on == ovirt.VirtualMachine && ask.Resource == "virtualmachinebackups" && ask.Group == HarvesterGroup:
		return place{on, ask.Namespace, inv.machineOf(ask.Namespace, "VirtualMachineBackup", ask.Name)}
	case on == ovirt.VirtualMachine && ask.Resource == "virtualmachinesnapshots":
		return place{on, ask.Namespace, inv.machineOf(ask.Namespace, "VirtualMachineSnapshot", ask.Name)}
	case on == ovirt.Template && ask.Resource == "virtualmachinetemplateversions":
		if v, ok := inv.find(ask.Namespace, "VirtualMachineTemplateVersion", ask.Name).(*TemplateVersion); ok {
			return place{on, ask.Namespace, v.template()}
		}
	}
	return place{}
}
