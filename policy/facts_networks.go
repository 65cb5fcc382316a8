package policy

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/bailiwick-dev/bailiwick/policy/settings"
)

// Where Harvester keeps what is read here.
const (
	longhornNamespace = "longhorn-system"

	// The VIP: pkg/controller/master/rancher/register.go, getVipConfig. The Services exist before and since Traefik.
	vipNamespace, vipConfigMap = "harvester-system", "vip"
)

var (
	vipServices = []Ref{
		{Kind: "Service", Namespace: "kube-system", Name: "ingress-expose"},
		{Kind: "Service", Namespace: "kube-system", Name: "rke2-traefik"},
	}
	kubernetesService = Ref{Kind: "Service", Namespace: "default", Name: "kubernetes"}
	harvesterChart    = Ref{Kind: "ManagedChart", Namespace: "fleet-local", Name: "harvester"}
)

// vips are the addresses that move between nodes: those of the configuration, else what the ConfigMap vip says and the
// load balancer has got. A VIP that is not enabled is known to be none.
func (c *compiler) vips(services map[Ref]*Service) []netip.Addr {
	if c.opts.VIPs != nil {
		return c.opts.VIPs
	}
	var vips []netip.Addr
	if cm := c.snap.stored[Ref{Kind: "ConfigMap", Namespace: vipNamespace, Name: vipConfigMap}]; cm != nil {
		vips = []netip.Addr{}
		if cm.Data["enabled"] == "true" {
			vips = append(vips, c.addresses(&cm.Object, "data.ip", list(cm.Data["ip"])...)...)
		}
	}
	for _, ref := range vipServices {
		if svc := services[ref]; svc != nil {
			for _, ingress := range svc.Status.LoadBalancer.Ingress {
				vips = append(vips, c.addresses(&svc.Object, "status.loadBalancer.ingress", ingress.IP)...)
			}
		}
	}
	vips = slices.DeleteFunc(vips, netip.Addr.IsUnspecified) // kube-vip shows it until DHCP has answered
	slices.SortFunc(vips, netip.Addr.Compare)
	return slices.Compact(vips)
}

// networks finds the networks of pods and Services where they are said most surely: in the configuration, in what the
// installer was told, in ServiceCIDRs. Else single nodes and the Service kubernetes show a part of them.
func (c *compiler) networks(f *settings.Facts, nodes []*Node, services map[Ref]*Service, o *Objects) {
	f.PodCIDRs, f.ServiceCIDRs = c.opts.PodCIDRs, c.opts.ServiceCIDRs
	if chart := index(&c.problems, o.ManagedCharts)[harvesterChart]; chart != nil {
		promote := chart.Spec.Values.Promote
		const path = "spec.values.promote."
		orElse(&f.PodCIDRs, c.prefixes(&chart.Object, path+"clusterPodCIDR", list(promote.ClusterPodCIDR)...))
		orElse(&f.ServiceCIDRs, c.prefixes(&chart.Object, path+"clusterServiceCIDR", list(promote.ClusterServiceCIDR)...))
	}
	var said []netip.Prefix
	for _, s := range unique(&c.problems, o.ServiceCIDRs) {
		said = append(said, c.prefixes(&s.Object, "spec.cidrs", s.Spec.CIDRs...)...)
	}
	orElse(&f.ServiceCIDRs, said)

	var shown []netip.Prefix
	for _, n := range nodes {
		shown = append(shown, c.prefixes(&n.Object, "spec.podCIDRs", n.Spec.PodCIDRs...)...)
	}
	f.PodCIDRsPartial = orElse(&f.PodCIDRs, shown)
	shown = nil
	if svc := services[kubernetesService]; svc != nil {
		for _, a := range c.addresses(&svc.Object, "spec.clusterIPs", svc.Spec.ClusterIPs...) {
			shown = append(shown, netip.PrefixFrom(a, a.BitLen()))
		}
	}
	f.ServiceCIDRsPartial = orElse(&f.ServiceCIDRs, shown)
}

// orElse fills a list that is still unknown and says whether it did.
func orElse(known *[]netip.Prefix, found []netip.Prefix) bool {
	if *known != nil || len(found) == 0 {
		return false
	}
	*known = found
	return true
}

func (c *compiler) addresses(o *Object, path string, texts ...string) []netip.Addr {
	return parseAll(c, o, path, netip.ParseAddr, texts)
}

func (c *compiler) prefixes(o *Object, path string, texts ...string) []netip.Prefix {
	return parseAll(c, o, path, netip.ParsePrefix, texts)
}

// parseAll reports what cannot be read and leaves it out. A load balancer may have a name where others have an address.
func parseAll[T any](c *compiler, o *Object, path string, parse func(string) (T, error), texts []string) []T {
	var all []T
	for _, text := range texts {
		if text == "" {
			continue
		}
		v, err := parse(text)
		if err != nil {
			c.problems.add(Warning, o, path, fmt.Sprintf("%q is not used: %v", text, err), "")
			continue
		}
		all = append(all, v)
	}
	return all
}
