package main

import (
	"cmp"
	"net"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/webhook"
	"github.com/bailiwick-dev/bailiwick/webhook/apiserver"
)

// What a kubeconfig is for.
const (
	forAuthorization = "authorization"
	forAdmission     = "admission"
)

// genKubeconfig is one run of the command of this name.
type genKubeconfig struct {
	output
	purpose       string
	server        string
	name          string
	ca, cert, key string
	embed         bool
}

func newGenKubeconfig(io stdio) *cobra.Command {
	g := genKubeconfig{purpose: forAuthorization}
	cmd := &cobra.Command{
		Use:   "kubeconfig --for authorization|admission --server URL",
		Short: "Write the kubeconfig with which kube-apiserver reaches Bailiwick, and shows who it is",
		Long: `Write the kubeconfig with which kube-apiserver reaches Bailiwick, and shows who it is.

For authorization it says where Bailiwick is, which CA signed its certificate, and what kube-apiserver shows. For
admission it has only what kube-apiserver shows to that server: where that is stands in the webhook configurations.
The certificates are named by paths where kube-apiserver runs: what is renewed there is used without a restart. With
--embed-certs they are read here and put in; then the file holds a key, and only its owner may read it.`,
		Example: `  bailiwick gen kubeconfig --server https://127.0.0.1:9443 --ca /etc/kubernetes/bailiwick/ca.crt \
    --client-certificate /etc/kubernetes/bailiwick/client.crt --client-key /etc/kubernetes/bailiwick/client.key
  bailiwick gen kubeconfig --for admission --server https://bailiwick.bailiwick-system.svc \
    --client-certificate client.crt --client-key client.key --embed-certs --out admission.kubeconfig`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return g.run(io) },
	}
	fs := cmd.Flags()
	fs.StringVar(&g.purpose, "for", g.purpose, "what it is for: authorization or admission")
	fs.StringVar(&g.server, "server", "", "`URL` of bailiwick serve; for admission through a Service https://NAME.NAMESPACE.svc (required)")
	fs.StringVar(&g.name, "tls-server-name", "", "`NAME` in Bailiwick's certificate, when it is not the host of the URL")
	fs.StringVar(&g.ca, "ca", "", "PEM `FILE` with the CA of Bailiwick's certificate (required for authorization)")
	fs.StringVar(&g.cert, "client-certificate", "", "PEM `FILE` with the certificate that kube-apiserver shows (required)")
	fs.StringVar(&g.key, "client-key", "", "PEM `FILE` with its key (required)")
	fs.BoolVar(&g.embed, "embed-certs", false, "put the certificates and the key in, in place of their paths")
	g.flags(fs)
	return cmd
}

func (g *genKubeconfig) run(io stdio) error {
	text, err := g.generate()
	if err != nil {
		return err
	}
	mode := openFile
	if g.embed {
		mode = secretFile
	}
	return g.write(io, text, mode)
}

func (g *genKubeconfig) generate() ([]byte, error) {
	if err := g.check(); err != nil {
		return nil, err
	}
	u, err := httpsURL("--server", g.server)
	if err != nil {
		return nil, err
	}
	var client apiserver.Identity
	if client.Cert, client.Key, err = g.clientFiles(); err != nil {
		return nil, err
	}
	if g.purpose == forAdmission {
		host := u.Host
		if u.Port() == "" && !strings.HasSuffix(u.Hostname(), ".svc") {
			host = net.JoinHostPort(u.Hostname(), "443")
		}
		return apiserver.AdmissionKubeconfig([]string{host}, client)
	}
	ca, err := g.file("--ca", g.ca, readBundle)
	if err != nil {
		return nil, err
	}
	u.Path = cmp.Or(strings.TrimSuffix(u.Path, "/"), webhook.AuthorizePath)
	return apiserver.AuthorizationKubeconfig(apiserver.Server{URL: u.String(), Name: g.name, CA: ca}, client)
}

func (g *genKubeconfig) check() error {
	admission := g.purpose == forAdmission
	switch {
	case !slices.Contains([]string{forAuthorization, forAdmission}, g.purpose):
		return broken("kubeconfigs are for authorization, admission", "--for: there is no %q", g.purpose)
	case g.server == "":
		return broken("add --server https://127.0.0.1:9443", "where Bailiwick is: --server is missing")
	case g.cert == "" || g.key == "":
		return broken("add --client-certificate FILE --client-key FILE, signed by the CA that bailiwick serve --client-ca names",
			"what kube-apiserver shows: --client-certificate and --client-key are both needed")
	case admission && (g.ca != "" || g.name != ""):
		return broken("leave it out: the CA stands in the webhook configurations", "--ca and --tls-server-name are for authorization")
	case !admission && g.ca == "":
		return broken("add --ca FILE, as bailiwick serve --cert-out wrote it", "which CA signed Bailiwick's certificate: --ca is missing")
	}
	return nil
}

func (g *genKubeconfig) clientFiles() (cert, key apiserver.File, err error) {
	if cert, err = g.file("--client-certificate", g.cert, readPEM); err != nil {
		return cert, key, err
	}
	if key, err = g.file("--client-key", g.key, readPEM); err != nil || !g.embed {
		return cert, key, err
	}
	if err := apiserver.CheckPair(cert.Data, key.Data); err != nil {
		return cert, key, broken("--client-certificate and --client-key take the two PEM files of one certificate", "%w", err)
	}
	return cert, key, nil
}

// file is a path as kube-apiserver will use it, or what is in it.
func (g *genKubeconfig) file(flag, name string, read func(flag, name string) ([]byte, error)) (apiserver.File, error) {
	if g.embed {
		data, err := read(flag, name)
		return apiserver.File{Data: data}, err
	}
	if !filepath.IsAbs(name) {
		return apiserver.File{}, broken("name it by its path where kube-apiserver runs, or add --embed-certs", "%s: %s is no absolute path", flag, name)
	}
	return apiserver.File{Path: name}, nil
}
