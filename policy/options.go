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

	// Now is the time at which the policy is in force: what has ended before it does not count.
	Now time.Time

	// PodCIDRs and ServiceCIDRs are the cluster's networks, when known.
	PodCIDRs     []netip.Prefix
	ServiceCIDRs []netip.Prefix
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

// harvesterController is the account of Harvester itself.
//
// Upstream: harvester deploy/charts/harvester, templates/serviceaccount.yaml.
var harvesterController = ServiceAccount{Namespace: "harvester-system", Name: "harvester"}

// trust is who needs no grant.
type trust struct {
	users       map[string]bool
	groups      map[string]bool
	controllers map[string]bool
}

func newTrust(o Options) trust {
	t := trust{users: set(o.PlatformUsers), groups: set(o.PlatformGroups), controllers: set(o.Controllers)}
	t.groups["system:masters"] = true
	t.controllers[harvesterController.Username()] = true
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
