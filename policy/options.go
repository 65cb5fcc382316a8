package policy

import (
	"cmp"
	"net/netip"
	"slices"
	"time"
)

// Options say where a policy is in force and whom it trusts. The zero value is a management cluster with defaults.
type Options struct {
	// Self is the cluster that asks; grants of other clusters do not count there.
	Self ClusterRef
	// SelfLabels are the labels of Self. When nil they are those of its object in the policy.
	SelfLabels map[string]string

	// SveltosNamespace is where Sveltos runs, and where it makes the tenants' accounts inside managed clusters.
	// Default projectsveltos.
	SveltosNamespace string
	// AdminNamespaces are where the ServiceAccount of a tenant named by spec.admin lives. Default is "default".
	AdminNamespaces []string

	// PlatformUsers and PlatformGroups are platform admins, beside system:masters.
	PlatformUsers  []string
	PlatformGroups []string
	// Controllers are the user names of trusted controllers, beside those of Sveltos and Harvester.
	Controllers []string

	// ProtectedNamespaces must not be deleted by accident, beside those of the platform itself.
	ProtectedNamespaces []string
	// BreakGlassGroups are those whose members may delete what is protected, where even system:masters may not.
	BreakGlassGroups []string

	// RancherCluster is the id that Rancher gives the cluster that is served, as c-m-abcdefgh or local. Empty: bindings of
	// RoleTemplates grant nothing there.
	RancherCluster string

	// TierFloor is the lowest tier that tenants' profiles may have: of two that want the same resource, the lower tier
	// gets it. Default 100, which is Sveltos' own.
	TierFloor int32
	// AllowedURLs are what tenants' profiles may make Sveltos fetch from, as https://charts.example.com/team. Without any,
	// every place but the inside of the management cluster.
	AllowedURLs []string
	// SharedProfiles are ClusterProfiles, by name, and Profiles, by namespace/name, on which every tenant's may depend.
	SharedProfiles []string

	// MaxTokenLifetime is the longest spec.expirationSeconds that a RoleRequest may have. Default 365 days, which is what
	// access-manager takes when it has none.
	MaxTokenLifetime time.Duration

	// Now is the time at which the policy is in force: what has ended before it does not count.
	Now time.Time

	// PodCIDRs, ServiceCIDRs and VIPs are the cluster's networks and the addresses that move between its nodes. Nil: what
	// the policy says of them.
	PodCIDRs     []netip.Prefix
	ServiceCIDRs []netip.Prefix
	VIPs         []netip.Addr
	// UIHosts are the DNS names by which people reach the cluster.
	UIHosts []string
	// RegistrationHosts are the only hosts that may register the cluster with a Rancher. Nil: any may.
	RegistrationHosts []string
	// RKE2CertLifetime is how long RKE2 issues certificates for. Zero: as RKE2 does by itself.
	RKE2CertLifetime time.Duration
}

func (o Options) withDefaults() Options {
	o.SveltosNamespace = cmp.Or(o.SveltosNamespace, "projectsveltos")
	if len(o.AdminNamespaces) == 0 {
		o.AdminNamespaces = []string{"default"}
	}
	return o
}

// sveltosControllers are the ServiceAccounts that Sveltos' own charts create in its namespace.
//
// Upstream: projectsveltos/helm-charts, the *-rbac templates.
var sveltosControllers = []string{
	"access-manager", "addon-controller", "classifier-manager", "clusterinventory-controller", "crd-manager",
	"drift-detection-manager", "event-manager", "hc-manager", "mcp-server", "register-mgmt-cluster", "sc-manager",
	"shard-controller", "sveltos-agent-manager", "techsupport-controller",
}

// rancherControllers are the ServiceAccounts of Rancher, in cattle-system.
//
// Upstream: rancher chart/templates and pkg/systemtemplate; rancher/webhook charts.
var rancherControllers = []string{"cattle", "rancher", "rancher-webhook", "rancher-webhook-sudo"}

// RancherControllers are the user names of Rancher itself, its agents and its webhook.
func RancherControllers() []string {
	users := make([]string, len(rancherControllers))
	for i, name := range rancherControllers {
		users[i] = ServiceAccount{Namespace: "cattle-system", Name: name}.Username()
	}
	return users
}

// HarvesterController is the account of Harvester itself.
//
// Upstream: harvester deploy/charts/harvester, templates/serviceaccount.yaml.
var HarvesterController = ServiceAccount{Namespace: "harvester-system", Name: "harvester"}

// trust is who needs no grant.
type trust struct {
	users       map[string]bool
	groups      map[string]bool
	controllers map[string]bool
}

func newTrust(o Options) trust {
	t := trust{users: set(o.PlatformUsers), groups: set(o.PlatformGroups), controllers: set(o.Controllers)}
	t.groups["system:masters"] = true
	t.controllers[HarvesterController.Username()] = true
	for _, user := range RancherControllers() {
		t.controllers[user] = true
	}
	for _, name := range sveltosControllers {
		t.controllers[ServiceAccount{Namespace: o.SveltosNamespace, Name: name}.Username()] = true
	}
	return t
}

func set(values []string) map[string]bool {
	s := make(map[string]bool, len(values)+1)
	for _, v := range values {
		s[v] = true
	}
	return s
}

// IsPlatformAdmin says whether the user is in system:masters or named as a platform admin.
func (s *Snapshot) IsPlatformAdmin(who Subject) bool {
	return s.trust.users[who.Name] || slices.ContainsFunc(who.Groups, func(g string) bool { return s.trust.groups[g] })
}

// IsController says whether the user is a controller that has to keep working whatever tenants may do.
func (s *Snapshot) IsController(username string) bool { return s.trust.controllers[username] }
