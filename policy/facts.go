package policy

import "github.com/bailiwick-dev/bailiwick/policy/settings"

// settingFacts is what the policy tells of the cluster that Harvester's settings are for. What stands in the policy of
// a kind counts as all of it; a kind of which there is nothing is unknown.
func (c *compiler) settingFacts(o *Objects) settings.Facts {
	f := settings.Facts{
		Now:               c.opts.Now,
		Hosts:             c.opts.UIHosts,
		RegistrationHosts: c.opts.RegistrationHosts,
		RKE2CertLifetime:  c.opts.RKE2CertLifetime,
		NodesKnown:        len(o.Nodes) > 0,
	}
	nodes := unique(&c.problems, o.Nodes)
	disks := index(&c.problems, o.LonghornNodes)
	for _, n := range nodes {
		known := settings.Node{Name: n.Metadata.Name, Addresses: n.InternalIPs(), Witness: n.Witness()}
		if longhorn := disks[Ref{Kind: "Node", Namespace: longhornNamespace, Name: n.Metadata.Name}]; longhorn != nil {
			known.Disks = len(longhorn.Spec.Disks)
		}
		f.Nodes = append(f.Nodes, known)
	}
	f.Namespaces = namesOf(unique(&c.problems, o.Namespaces))
	f.VolumeSnapshotClasses = namesOf(unique(&c.problems, o.VolumeSnapshotClasses))
	f.ClusterNetworks = namesOf(unique(&c.problems, o.ClusterNetworks))
	for _, s := range unique(&c.problems, o.StorageClasses) {
		f.StorageClasses = append(f.StorageClasses, settings.StorageClass{Name: s.Metadata.Name, Provisioner: s.Provisioner, Default: s.IsDefault()})
	}
	services := index(&c.problems, o.Services)
	f.VIPs = c.vips(services)
	c.networks(&f, nodes, services, o)
	return f
}

func namesOf[T header](list []T) []string {
	var names []string
	for _, o := range list {
		names = append(names, o.header().Metadata.Name)
	}
	return names
}
