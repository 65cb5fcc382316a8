package main

import (
	"crypto/tls"
	"crypto/x509"
	"maps"
	"net"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/authorizer"
	"github.com/bailiwick-dev/bailiwick/certs"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// setup is a configuration that was checked.
type setup struct {
	policy     policy.Options
	templates  authorizer.Rollout
	modes      admit.Modes
	clients    *x509.CertPool
	clientAuth tls.ClientAuthType
	hosts      []string // of the self-signed certificate
}

// check reads what the configuration says, and tells what is wrong with it before anything is started.
func check(c *config) (*setup, error) {
	if err := checkSource(c); err != nil {
		return nil, err
	}
	switch {
	case (c.CertDir == "") == !c.SelfSigned:
		return nil, broken("", "exactly one of --cert-dir and --self-signed is needed")
	case c.CertOut != "" && !c.SelfSigned:
		return nil, broken("", "--cert-out goes with --self-signed")
	case (c.ClientCA == "") == !c.InsecureNoClientAuth:
		return nil, broken("kube-apiserver shows the certificate that its webhook kubeconfig names", "exactly one of --client-ca and --insecure-no-client-auth is needed")
	}
	s := &setup{clientAuth: tls.NoClientCert, policy: identities(c)}
	s.policy.SelfLabels = c.ClusterLabels
	for _, step := range []func(*setup, *config) error{checkCluster, checkRancher, checkLimits, checkFacts, checkModes, checkClients, checkHosts} {
		if err := step(s, c); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// identities says who is who.
func identities(c *config) policy.Options {
	return policy.Options{
		SveltosNamespace: c.SveltosNamespace,
		AdminNamespaces:  c.AdminNamespaces,
		PlatformUsers:    c.PlatformUsers,
		PlatformGroups:   c.PlatformGroups,
		Controllers:      c.Controllers,
	}
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

func checkModes(s *setup, c *config) error {
	s.modes = admit.Modes{}
	for _, name := range slices.Sorted(maps.Keys(c.Mode)) {
		if err := checkModeName(name); err != nil {
			return err
		}
		mode, err := admit.ParseMode(c.Mode[name])
		if err != nil {
			return broken("", "--mode %s: %w", name, err)
		}
		s.modes[name] = mode
	}
	return nil
}

// checkModeName takes the name of a guard, or of one of its checks: guard/check.
func checkModeName(name string) error {
	guard, check, single := strings.Cut(name, "/")
	var guards, checks []string
	for _, g := range admit.Guards() {
		guards = append(guards, g.Name)
		for _, c := range g.Checks {
			if g.Name == guard {
				checks = append(checks, c.Name)
			}
		}
	}
	switch {
	case !slices.Contains(guards, guard):
		return broken("guards are "+strings.Join(guards, ", "), "--mode: there is no guard %q", guard)
	case single && !slices.Contains(checks, check):
		return broken("its checks are "+strings.Join(checks, ", "), "--mode: guard %s has no check %q", guard, check)
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
