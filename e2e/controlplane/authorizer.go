package controlplane

import (
	"cmp"
	"fmt"
	"time"

	apiconfig "github.com/bailiwick-dev/bailiwick/webhook/apiserver"
)

// ownNamespace holds Bailiwick's accounts, about which its webhook is not asked.
const ownNamespace = "bailiwick-system"

// authorizationConfig is the name of the file with the chain of authorizers.
const authorizationConfig = "authorization.yaml"

// Webhook is an authorization webhook that kube-apiserver asks before RBAC, told so by what `bailiwick gen` writes.
// Certificates and keys are PEM.
type Webhook struct {
	// URL takes the SubjectAccessReviews.
	URL string
	// CA signed the server's certificate.
	CA []byte
	// ClientCert and ClientKey are what kube-apiserver presents.
	ClientCert, ClientKey []byte
	// AuthorizedTTL and UnauthorizedTTL say how long answers are kept. Zero: not at all, so that a test sees every
	// request.
	AuthorizedTTL, UnauthorizedTTL time.Duration
	// Timeout is 3 s by default.
	Timeout time.Duration
}

// writeAuthorization writes the chain of authorizers and returns the file.
func writeAuthorization(dir workdir, w *Webhook) (string, error) {
	connection := dir.path("authorizer.kubeconfig")
	text, err := apiconfig.AuthorizationKubeconfig(
		apiconfig.Server{URL: w.URL, CA: apiconfig.File{Data: w.CA}},
		apiconfig.Identity{Cert: apiconfig.File{Data: w.ClientCert}, Key: apiconfig.File{Data: w.ClientKey}})
	if err == nil {
		err = writeFile(connection, text)
	}
	if err != nil {
		return "", fmt.Errorf("authorizer: %w", err)
	}
	chain := apiconfig.Authorization{
		Kubernetes: apiconfig.NewestMinor, Kubeconfig: connection, Namespace: ownNamespace,
		Timeout: cmp.Or(w.Timeout, 3*time.Second), AuthorizedTTL: w.AuthorizedTTL, UnauthorizedTTL: w.UnauthorizedTTL,
	}
	if text, err = chain.YAML(); err != nil {
		return "", fmt.Errorf("authorizer: %w", err)
	}
	path := dir.path(authorizationConfig)
	return path, writeFile(path, text)
}
