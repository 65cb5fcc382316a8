package cluster_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"testing"

	"github.com/bailiwick-dev/bailiwick/certs"
)

// rotate makes the servers renew something, and returns when every one of them serves what is new.
func (c *target) rotate(t *testing.T, what string) {
	t.Helper()
	before := c.serving(t)
	c.must(t, "kubectl", "annotate", "secret", release+"-serving", "-n", namespace, certs.RotateAnnotation+"="+what)
	eventually(t, "a new certificate", func() error {
		now := c.serving(t)
		switch {
		case now.Rotate != "", now.Leaf == nil || now.Leaf.Equal(before.Leaf):
			return errors.New("the certificate is still the old one")
		case what == certs.RotateCA && now.CA.Equal(before.CA):
			return errors.New("the CA is still the old one")
		}
		for _, pod := range c.pods(t) {
			if err := c.serves(t, pod.Status.PodIP, now); err != nil {
				return fmt.Errorf("pod %s: %w", pod.Name, err)
			}
		}
		return nil
	})
}

// serves: a pod, where pods can be reached from here, shows the certificate that is stored.
func (c *target) serves(t *testing.T, ip string, stored certs.Stored) error {
	t.Helper()
	if c.dial == nil {
		return nil
	}
	raw, err := c.dial(t.Context(), "tcp", net.JoinHostPort(ip, "9443"))
	if err != nil {
		return err
	}
	defer raw.Close()
	conf := c.tls(t)
	conf.RootCAs = x509.NewCertPool()
	conf.RootCAs.AppendCertsFromPEM(stored.Bundle)
	conn := tls.Client(raw, conf)
	if err := conn.HandshakeContext(t.Context()); err != nil {
		return err
	}
	if !conn.ConnectionState().PeerCertificates[0].Equal(stored.Leaf) {
		return errors.New("it shows another certificate")
	}
	return nil
}
