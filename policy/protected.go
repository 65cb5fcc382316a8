package policy

import "slices"

// systemNamespaces hold what a cluster of Harvester or Rancher runs on: Harvester's own list, and what it leaves out of
// Rancher's. Some of them exist only where something is installed.
//
// Upstream: harvester pkg/util/constants.go, DefaultHarvesterNamespaceWhiteList (which webhooks leave alone);
// rancher pkg/fleet/const.go (cattle-fleet-clusters-system); the namespaces of rancher/turtles' charts
// (cattle-capi-system, cattle-turtles-system).
var systemNamespaces = []string{
	"calico-apiserver", "calico-system", "cattle-alerting", "cattle-csp-adapter-system", "cattle-dashboards",
	"cattle-elemental-system", "cattle-epinio-system", "cattle-externalip-system", "cattle-fleet-local-system",
	"cattle-fleet-system", "cattle-gatekeeper-system", "cattle-global-data", "cattle-global-nt",
	"cattle-impersonation-system", "cattle-istio", "cattle-istio-system", "cattle-logging", "cattle-logging-system",
	"cattle-monitoring-system", "cattle-neuvector-system", "cattle-prometheus", "cattle-provisioning-capi-system",
	"cattle-resources-system", "cattle-sriov-system", "cattle-system", "cattle-ui-plugin-system",
	"cattle-windows-gmsa-system", "cert-manager", "cis-operator-system", "fleet-default", "fleet-local", "forklift",
	"harvester-system", "ingress-nginx", "istio-system", "kube-node-lease", "kube-public", "kube-system", "local",
	"longhorn-system", "rancher-alerting-drivers", "rancher-vcluster", "security-scan", "tigera-operator",

	"cattle-capi-system", "cattle-fleet-clusters-system", "cattle-turtles-system",
}

// publicNamespace is where Harvester keeps what everybody may use.
//
// Upstream: harvester pkg/data/public.go.
const publicNamespace = "harvester-public"

// SystemNamespaces are the namespaces that belong to the platform and are hidden from users by its UI, sorted.
func SystemNamespaces() []string { return slices.Sorted(slices.Values(systemNamespaces)) }

// ProtectedNamespaces are the namespaces that must not be deleted by accident, sorted: those of the platform, and those
// that the options add.
func (s *Snapshot) ProtectedNamespaces() []string {
	all := slices.Concat(systemNamespaces, []string{publicNamespace}, s.options.ProtectedNamespaces)
	slices.Sort(all)
	return slices.Compact(all)
}

// BreakGlassGroups are those whose members may delete what is protected, sorted.
func (s *Snapshot) BreakGlassGroups() []string {
	return slices.Sorted(slices.Values(s.options.BreakGlassGroups))
}

// BreaksGlass says whether the user is in a break-glass group.
func (s *Snapshot) BreaksGlass(who Subject) bool {
	return slices.ContainsFunc(who.Groups, func(g string) bool { return slices.Contains(s.options.BreakGlassGroups, g) })
}
