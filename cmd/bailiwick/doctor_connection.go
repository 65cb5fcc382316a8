package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"time"

	admissionregv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/bailiwick-dev/bailiwick/certs"
)

// peer is a server as somebody reaches it who trusts a bundle and nothing else.
type peer struct {
	address, name string
	bundle        string
}

// checkConnections connects through each registered bundle, as kube-apiserver does.
func (d *doctor) checkConnections(ctx context.Context, say saying) {
	seen := map[peer]bool{}
	for i := range d.hooks {
		h := &d.hooks[i]
		p, err := d.peerOf(ctx, &h.ClientConfig)
		switch {
		case err != nil:
			say(statusError, h.object(), "webhook "+h.Name+" leads nowhere: "+err.Error(), "correct its clientConfig, or make the Service")
		case !seen[p]:
			seen[p] = true
			examine(ctx, h.object()+" at "+p.address, p, say)
			d.compareBundle(h.object(), h.ClientConfig.CABundle, "a server that runs with it puts its CAs in within a minute: look at bailiwick_certificates_stale and its log", say)
		}
	}
}

// peerOf finds out where a webhook leads, as kube-apiserver does.
func (d *doctor) peerOf(ctx context.Context, c *admissionregv1.WebhookClientConfig) (peer, error) {
	if c.URL != nil {
		u, err := url.Parse(*c.URL)
		if err != nil {
			return peer{}, err
		}
		return peer{net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "443")), u.Hostname(), string(c.CABundle)}, nil
	}
	port := int32(443)
	if c.Service.Port != nil {
		port = *c.Service.Port
	}
	service, err := d.api.CoreV1().Services(c.Service.Namespace).Get(ctx, c.Service.Name, metav1.GetOptions{})
	if err != nil {
		return peer{}, err
	}
	host := cmp.Or(service.Spec.ExternalName, service.Spec.ClusterIP)
	return peer{net.JoinHostPort(host, strconv.Itoa(int(port))), c.Service.Name + "." + c.Service.Namespace + ".svc", string(c.CABundle)}, nil
}

// examine connects, and says what is wrong with the certificate that is shown.
func examine(ctx context.Context, object string, p peer, say saying) {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(p.bundle))
	dialer := &tls.Dialer{NetDialer: &net.Dialer{Timeout: 5 * time.Second}, Config: &tls.Config{RootCAs: roots, ServerName: p.name, MinVersion: tls.VersionTLS12}}
	conn, err := dialer.DialContext(ctx, "tcp", p.address)
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case err == nil:
		defer conn.Close() //nolint:errcheck // nothing was written
		leaf := conn.(*tls.Conn).ConnectionState().PeerCertificates[0]
		say(statusOK, object, fmt.Sprintf("the server shows a certificate for %s that is trusted, until %s", p.name, day(leaf.NotAfter)), "")
	case errors.As(err, &unknown):
		say(statusError, object, "the server shows a certificate that the bundle does not trust", "put the server's CA into it; with --cert-secret the server does")
	case errors.As(err, &name):
		say(statusError, object, err.Error(), "name it with --cert-names, or in the Certificate of cert-manager")
	case errors.As(err, &invalid):
		say(statusError, object, err.Error(), "renew it; with --cert-secret the server does: look at its log")
	case errors.As(err, new(*net.OpError)):
		say(statusWarn, object, "cannot be reached from here: "+err.Error(), "run this where kube-apiserver runs or in the pod of the server; when that fails too, is the server running?")
	default:
		say(statusError, object, err.Error(), "")
	}
}

// compareBundle says whether a bundle holds what the replicas say that it has to hold.
func (d *doctor) compareBundle(object string, bundle []byte, hint string, say saying) {
	for i := range d.stored {
		if !certs.Holds(bundle, d.stored[i].Bundle) {
			say(statusError, object, "does not trust every CA of Secret "+d.stored[i].name, hint)
		}
	}
}

// checkHost looks at the file with which kube-apiserver asks for authorization: nobody but people can renew it.
func (d *doctor) checkHost(ctx context.Context, say saying) {
	if d.authorization == "" {
		say(statusWarn, "", "the kubeconfig for authorization is not looked at", "name it with --authorization-kubeconfig on a control-plane host, if there is one")
		return
	}
	file, err := clientcmd.LoadFromFile(d.authorization)
	if err != nil {
		say(statusError, d.authorization, err.Error(), "bailiwick gen kubeconfig writes it")
		return
	}
	current := file.Contexts[file.CurrentContext]
	if current == nil || file.Clusters[current.Cluster] == nil {
		say(statusError, d.authorization, "has no current context with a cluster", "bailiwick gen kubeconfig writes it")
		return
	}
	cluster := file.Clusters[current.Cluster]
	bundle := cluster.CertificateAuthorityData
	if len(bundle) == 0 {
		if bundle, err = os.ReadFile(cluster.CertificateAuthority); err != nil {
			say(statusError, d.authorization, err.Error(), "name the file with the CAs of the server")
			return
		}
	}
	u, err := url.Parse(cluster.Server)
	if err != nil {
		say(statusError, d.authorization, err.Error(), "bailiwick gen kubeconfig writes it")
		return
	}
	p := peer{net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "443")), cmp.Or(cluster.TLSServerName, u.Hostname()), string(bundle)}
	examine(ctx, d.authorization, p, say)
	d.compareBundle(d.authorization, bundle, "put ca.crt of the Secret into it before the next CA signs, on every host", say)
}
