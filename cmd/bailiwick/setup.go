package main

import (
	"crypto/tls"
	"crypto/x509"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/certs"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// setup is a configuration that was checked.
type setup struct {
	policy     policy.Options
	modes      map[string]admit.Mode
	clients    *x509.CertPool
	clientAuth tls.ClientAuthType
	hosts      []string // of the self-signed certificate
}

// check reads what the configuration says, and tells what is wrong with it before anything is started.
func check(c *config) (*setup, error) {
	switch {
	case c.PolicyDir == "":
		return nil, broken("add --policy-dir DIR, as --policy-dir examples/policy", "no policy: --policy-dir is missing")
	case (c.CertDir == "") == !c.SelfSigned:
		return nil, broken("", "exactly one of --cert-dir and --self-signed is needed")
	case c.CertOut != "" && !c.SelfSigned:
		return nil, broken("", "--cert-out goes with --self-signed")
	case (c.ClientCA == "") == !c.InsecureNoClientAuth:
		return nil, broken("kube-apiserver shows the certificate that its webhook kubeconfig names", "exactly one of --client-ca and --insecure-no-client-auth is needed")
	}
	s := &setup{clientAuth: tls.NoClientCert, policy: policy.Options{
		SelfLabels:       c.ClusterLabels,
		SveltosNamespace: c.SveltosNamespace,
		AdminNamespaces:  c.AdminNamespaces,
		PlatformUsers:    c.PlatformUsers,
		PlatformGroups:   c.PlatformGroups,
		Controllers:      c.Controllers,
	}}
	for _, step := range []func(*setup, *config) error{checkCluster, checkNetworks, checkModes, checkClients, checkHosts} {
		if err := step(s, c); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func checkCluster(s *setup, c *config) error {
	if c.Cluster == "" {
		if len(c.ClusterLabels) > 0 {
			return broken("name the cluster with --cluster KIND:NS/NAME", "--cluster-labels without --cluster")
		}
		return nil
	}
	ref, err := policy.ParseClusterRef(c.Cluster)
	if err != nil {
		return broken("", "%w", err)
	}
	s.policy.Self = ref
	return nil
}

func checkNetworks(s *setup, c *config) error {
	for _, list := range []struct {
		flag string
		in   []string
		out  *[]netip.Prefix
	}{
		{"pod-cidrs", c.PodCIDRs, &s.policy.PodCIDRs},
		{"service-cidrs", c.ServiceCIDRs, &s.policy.ServiceCIDRs},
	} {
		for _, text := range list.in {
			prefix, err := netip.ParsePrefix(text)
			if err != nil {
				return broken("write it like 10.52.0.0/16", "--%s: %w", list.flag, err)
			}
			*list.out = append(*list.out, prefix.Masked())
		}
	}
	return nil
}

func checkModes(s *setup, c *config) error {
	s.modes = map[string]admit.Mode{}
	var names []string
	for _, g := range admit.Guards() {
		names = append(names, g.Name)
	}
	for _, guard := range slices.Sorted(maps.Keys(c.Mode)) {
		mode, err := admit.ParseMode(c.Mode[guard])
		switch {
		case !slices.Contains(names, guard):
			return broken("guards are "+strings.Join(names, ", "), "--mode: there is no guard %q", guard)
		case err != nil:
			return broken("", "--mode %s: %w", guard, err)
		}
		s.modes[guard] = mode
	}
	return nil
}

func checkClients(s *setup, c *config) error {
	if c.InsecureNoClientAuth {
		return nil
	}
	pool, err := certs.Pool(c.ClientCA)
	if err != nil {
		return broken("--client-ca takes a PEM file", "%w", err)
	}
	s.clients, s.clientAuth = pool, tls.RequireAndVerifyClientCert
	return nil
}

// checkHosts finds the names that a self-signed certificate is for: this machine's, and the address it listens on.
func checkHosts(s *setup, c *config) error {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return broken("write it like 127.0.0.1:9443", "--listen: %w", err)
	}
	s.hosts = []string{"localhost", "127.0.0.1", "::1"}
	if ip := net.ParseIP(host); host != "" && !slices.Contains(s.hosts, host) && (ip == nil || !ip.IsUnspecified()) {
		s.hosts = append(s.hosts, host)
	}
	return nil
}
