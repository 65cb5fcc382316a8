package apiserver

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// Server is a webhook as kube-apiserver reaches it.
type Server struct {
	// URL takes the questions.
	URL string
	// Name is what its certificate is for, when that is not the host of the URL.
	Name string
	// CA signed its certificate.
	CA File
}

// File is a file where kube-apiserver runs, or what is in it.
type File struct {
	Path string
	Data []byte
}

// Identity is the client certificate that kube-apiserver shows. Files by path are read again when they are renewed;
// what is embedded is not.
type Identity struct{ Cert, Key File }

// AuthorizationKubeconfig is the kubeconfig of an authorization webhook.
func AuthorizationKubeconfig(server Server, client Identity) ([]byte, error) {
	c := clientcmdapi.NewConfig()
	c.Clusters[AuthorizerName] = &clientcmdapi.Cluster{
		Server: server.URL, TLSServerName: server.Name,
		CertificateAuthority: server.CA.Path, CertificateAuthorityData: server.CA.Data,
	}
	c.AuthInfos[AuthorizerName] = client.user()
	c.Contexts[AuthorizerName] = &clientcmdapi.Context{Cluster: AuthorizerName, AuthInfo: AuthorizerName}
	c.CurrentContext = AuthorizerName
	return write(c)
}

// AdmissionKubeconfig is the file that AdmissionConfiguration names: it has a user for each webhook that is shown a
// certificate, called by the webhook's host and port, or for a Service name.namespace.svc. Where the webhooks are, and
// their CA, is said by webhook configurations in the cluster.
// Upstream: k8s.io/apiserver pkg/util/webhook/authentication.go.
func AdmissionKubeconfig(hosts []string, client Identity) ([]byte, error) {
	if len(hosts) == 0 {
		return nil, errors.New("no hosts to present the client certificate to")
	}
	c := clientcmdapi.NewConfig()
	for _, host := range hosts {
		c.AuthInfos[host] = client.user()
	}
	return write(c)
}

func (i Identity) user() *clientcmdapi.AuthInfo {
	return &clientcmdapi.AuthInfo{
		ClientCertificate: i.Cert.Path, ClientCertificateData: i.Cert.Data,
		ClientKey: i.Key.Path, ClientKeyData: i.Key.Data,
	}
}

func write(c *clientcmdapi.Config) ([]byte, error) {
	text, err := clientcmd.Write(*c)
	if err != nil {
		return nil, fmt.Errorf("encoding the kubeconfig: %w", err)
	}
	return text, nil
}

// CheckPair says what is wrong with the certificate and key of an identity, both PEM. Its error tells nothing of the key.
func CheckPair(cert, key []byte) error {
	if _, err := tls.X509KeyPair(cert, key); err != nil {
		return fmt.Errorf("the client's certificate and key: %w", err)
	}
	return nil
}

// BundleEnds is when the last of the PEM certificates in a bundle expires. A text that holds none, or anything else, is
// an error.
func BundleEnds(bundle []byte) (time.Time, error) {
	var ends time.Time
	for {
		var block *pem.Block
		if block, bundle = pem.Decode(bundle); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return ends, fmt.Errorf("holds a PEM block %q among its certificates", block.Type)
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return ends, fmt.Errorf("holds a certificate that cannot be read: %w", err)
		}
		if cert.NotAfter.After(ends) {
			ends = cert.NotAfter
		}
	}
	if ends.IsZero() {
		return ends, errors.New("holds no PEM certificate")
	}
	return ends, nil
}
