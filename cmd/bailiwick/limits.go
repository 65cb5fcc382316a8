package main

import (
	"net/url"
	"time"

	"k8s.io/apimachinery/pkg/api/validate/content"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// limitOptions are what a platform sets for its users.
var limitOptions = []option{
	field("tier-floor", "lowest tier that tenants' profiles may have (default: 100)", func(c *config) *int32 { return &c.TierFloor }),
	field("allowed-urls", "what tenants' profiles may make Sveltos fetch from, `URL,…` as https://charts.example.com/team "+
		"(default: every place but the inside of the management cluster)", func(c *config) *[]string { return &c.AllowedURLs }),
	field("shared-profiles", "profiles on which every tenant's may depend, `[NAMESPACE/]NAME,…`", func(c *config) *[]string { return &c.SharedProfiles }),
	field("max-token-lifetime", "longest spec.expirationSeconds of a RoleRequest (default: 8760h, what access-manager takes when it has none)",
		func(c *config) *metav1.Duration { return &c.MaxTokenLifetime }),
	field("protected-namespaces", "namespaces that must not be deleted by accident, `NAME,…`, beside those of the platform", func(c *config) *[]string { return &c.ProtectedNamespaces }),
	field("break-glass-groups", "groups whose members may delete what is protected all the same", func(c *config) *[]string { return &c.BreakGlassGroups }),
}

func checkLimits(s *setup, c *config) error {
	if c.TierFloor < 0 {
		return broken("Sveltos' tiers start at 1", "--tier-floor: %d is no tier", c.TierFloor)
	}
	if d := c.MaxTokenLifetime.Duration; d != 0 && d < 10*time.Minute {
		return broken("the API server gives no token for less", "--max-token-lifetime: %s is less than ten minutes", d)
	}
	for _, text := range c.AllowedURLs {
		if u, err := url.Parse(text); err != nil || u.Scheme == "" || u.Host == "" {
			return broken("write it like https://charts.example.com/team", "--allowed-urls: %q has no scheme or no host", text)
		}
	}
	for _, name := range c.ProtectedNamespaces {
		if len(content.IsDNS1123Label(name)) > 0 {
			return broken("write it like harvester-system", "--protected-namespaces: %q is no namespace", name)
		}
	}
	s.policy.ProtectedNamespaces, s.policy.BreakGlassGroups = c.ProtectedNamespaces, c.BreakGlassGroups
	s.policy.MaxTokenLifetime = c.MaxTokenLifetime.Duration
	s.policy.TierFloor, s.policy.AllowedURLs, s.policy.SharedProfiles = c.TierFloor, c.AllowedURLs, c.SharedProfiles
	return nil
}
