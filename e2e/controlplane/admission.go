package controlplane

import (
	"fmt"

	apiconfig "github.com/bailiwick-dev/bailiwick/webhook/apiserver"
)

// AdmissionClient is the client certificate that kube-apiserver presents to admission webhooks, told so by what
// `bailiwick gen` writes. Which webhooks there are, and their CA, is said by webhook configurations in the cluster.
type AdmissionClient struct {
	// Hosts are the webhooks that see the certificate: "127.0.0.1:9443" for one addressed by URL, "name.namespace.svc"
	// or "*.namespace.svc" for services.
	Hosts []string
	// Cert and Key are PEM.
	Cert, Key []byte
}

// writeAdmission writes the configuration of both webhook plugins and returns the file.
func writeAdmission(dir workdir, a *AdmissionClient) (string, error) {
	kubeconfig := dir.path("admission.kubeconfig")
	text, err := apiconfig.AdmissionKubeconfig(a.Hosts, apiconfig.Identity{Cert: apiconfig.File{Data: a.Cert}, Key: apiconfig.File{Data: a.Key}})
	if err == nil {
		err = writeFile(kubeconfig, text)
	}
	if err != nil {
		return "", fmt.Errorf("admission: %w", err)
	}
	if text, err = apiconfig.AdmissionConfiguration(kubeconfig); err != nil {
		return "", fmt.Errorf("admission: %w", err)
	}
	path := dir.path("admission.yaml")
	return path, writeFile(path, text)
}
