package main

import (
	"net"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/client-go/rest"

	"github.com/bailiwick-dev/bailiwick/certs"
)

// checkCertificates finds out where the serving certificate comes from, and for which names it is.
func checkCertificates(s *setup, c *config) error {
	sources := 0
	for _, given := range []bool{c.CertDir != "", c.CertSecret != "", c.SelfSigned} {
		if given {
			sources++
		}
	}
	var err error
	switch {
	case sources != 1:
		return broken("", "exactly one of --cert-dir, --cert-secret and --self-signed is needed")
	case c.CertOut != "" && !c.SelfSigned:
		return broken("", "--cert-out goes with --self-signed")
	case len(c.CertNames) > 0 && c.CertDir != "":
		return broken("leave it out: the files say it", "--cert-names goes with --cert-secret and --self-signed")
	}
	if s.hosts, err = hosts(c); err != nil || c.CertSecret == "" {
		return err
	}
	if s.certSecret, err = namespacedName("--cert-secret", c.CertSecret, validation.IsDNS1123Subdomain); err != nil {
		return err
	}
	if c.Kubeconfig == "" {
		if _, err := rest.InClusterConfig(); err != nil {
			return broken("add --kubeconfig FILE", "--cert-secret is in the cluster that is served, and that is not known: %w", err)
		}
	}
	return nil
}

// hosts are the names that a certificate is for that the server makes itself: this machine's, the address it listens
// on, and those that were named.
func hosts(c *config) ([]string, error) {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return nil, broken("write it like 127.0.0.1:9443", "--listen: %w", err)
	}
	hosts := []string{"localhost", "127.0.0.1", "::1"}
	if ip := net.ParseIP(host); host != "" && (ip == nil || !ip.IsUnspecified()) {
		hosts = append(hosts, host)
	}
	for _, name := range c.CertNames {
		if net.ParseIP(name) == nil && len(validation.IsDNS1123Subdomain(name)) > 0 {
			return nil, broken("write it like bailiwick.bailiwick-system.svc", "--cert-names: %q is neither a DNS name nor an address", name)
		}
	}
	hosts = append(hosts, c.CertNames...)
	slices.Sort(hosts)
	return slices.Compact(hosts), nil
}

// servingCertificate opens the source of the serving certificate.
func servingCertificate(c *config, s *setup, rotation *certs.Rotation) (*certs.Serving, error) {
	switch {
	case rotation != nil:
		return rotation.Serving(), nil
	case c.SelfSigned:
		serving, err := certs.SelfSigned(c.CertOut, s.hosts...)
		if err != nil {
			return nil, failed("", err)
		}
		return serving, nil
	}
	serving, err := certs.FromDir(c.CertDir, time.Now())
	if err != nil {
		return nil, broken("--cert-dir needs a valid tls.crt and its tls.key; on a laptop use --self-signed", "%w", err)
	}
	return serving, nil
}
