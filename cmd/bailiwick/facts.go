package main

import (
	"net/netip"
	"strings"
)

// checkFacts reads what the configuration says of the cluster that settings are for.
func checkFacts(s *setup, c *config) error {
	o := &s.policy
	o.UIHosts, o.RKE2CertLifetime = c.UIHosts, c.RKE2CertLifetime.Duration
	if len(c.RegistrationHosts) > 0 {
		o.RegistrationHosts = c.RegistrationHosts
	}
	for _, host := range append(c.UIHosts, c.RegistrationHosts...) {
		if host == "" || strings.ContainsAny(host, "/: ") {
			return broken("write it like rancher.example, without scheme and port", "--ui-hosts, --registration-hosts: %q is not a host", host)
		}
	}
	var err error
	if o.PodCIDRs, err = parseFlag("pod-cidrs", "10.52.0.0/16", c.PodCIDRs, parseNetwork); err != nil {
		return err
	}
	if o.ServiceCIDRs, err = parseFlag("service-cidrs", "10.53.0.0/16", c.ServiceCIDRs, parseNetwork); err != nil {
		return err
	}
	o.VIPs, err = parseFlag("vips", "192.168.20.10", c.VIPs, netip.ParseAddr)
	return err
}

func parseNetwork(text string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(text)
	return p.Masked(), err
}

// parseFlag reads the items of a flag; like names one that is good.
func parseFlag[T any](flag, like string, texts []string, parse func(string) (T, error)) ([]T, error) {
	var all []T
	for _, text := range texts {
		v, err := parse(text)
		if err != nil {
			return nil, broken("write it like "+like, "--%s: %w", flag, err)
		}
		all = append(all, v)
	}
	return all, nil
}
