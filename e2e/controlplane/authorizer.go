package controlplane

import (
	"cmp"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	apiserverv1 "k8s.io/apiserver/pkg/apis/apiserver/v1"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	"sigs.k8s.io/yaml"
)

// AuthorizerName is the webhook's name in the chain of authorizers and in kube-apiserver's metrics.
const AuthorizerName = "bailiwick"

// Webhook is an authorization webhook that kube-apiserver asks first. Certificates and keys are PEM.
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
	// FailurePolicy is NoOpinion (default) or Deny.
	FailurePolicy string
	// MatchConditions are CEL over the SubjectAccessReview's spec. Nil stands for DefaultMatchConditions.
	MatchConditions []string
}

// DefaultMatchConditions keep the webhook out of what a cluster needs to live: administrators by certificate, nodes
// and system components never wait for it. Service accounts do reach it, because tenants are service accounts; only
// the controllers in kube-system do not.
func DefaultMatchConditions() []string {
	return []string{
		`!("system:masters" in request.groups)`,
		`!request.user.startsWith("system:") || request.user.startsWith("system:serviceaccount:")`,
		`!request.user.startsWith("system:serviceaccount:kube-system:")`,
	}
}

// writeAuthorization writes the chain of authorizers and returns the file.
func writeAuthorization(dir workdir, w *Webhook) (string, error) {
	chain := []apiserverv1.AuthorizerConfiguration{{Type: "Node", Name: "node"}, {Type: "RBAC", Name: "rbac"}}
	if w != nil {
		connection := dir.path("authorizer.kubeconfig")
		user := &clientcmdapi.AuthInfo{ClientCertificateData: w.ClientCert, ClientKeyData: w.ClientKey}
		cluster := &clientcmdapi.Cluster{Server: w.URL, CertificateAuthorityData: w.CA}
		if err := writeKubeconfig(connection, cluster, user); err != nil {
			return "", fmt.Errorf("authorizer: %w", err)
		}
		chain = append([]apiserverv1.AuthorizerConfiguration{w.authorizer(connection)}, chain...)
	}
	text, err := yaml.Marshal(apiserverv1.AuthorizationConfiguration{
		TypeMeta:    metav1.TypeMeta{APIVersion: apiserverv1.SchemeGroupVersion.String(), Kind: "AuthorizationConfiguration"},
		Authorizers: chain,
	})
	if err != nil {
		return "", err
	}
	path := dir.path("authorization.yaml")
	return path, writeFile(path, text)
}

func (w *Webhook) authorizer(kubeconfig string) apiserverv1.AuthorizerConfiguration {
	expressions := w.MatchConditions
	if expressions == nil {
		expressions = DefaultMatchConditions()
	}
	conditions := make([]apiserverv1.WebhookMatchCondition, len(expressions))
	for i, expression := range expressions {
		conditions[i].Expression = expression
	}
	return apiserverv1.AuthorizerConfiguration{Type: "Webhook", Name: AuthorizerName, Webhook: &apiserverv1.WebhookConfiguration{
		AuthorizedTTL:                            metav1.Duration{Duration: w.AuthorizedTTL},
		UnauthorizedTTL:                          metav1.Duration{Duration: w.UnauthorizedTTL},
		CacheAuthorizedRequests:                  new(w.AuthorizedTTL > 0), // a TTL of zero alone means the default
		CacheUnauthorizedRequests:                new(w.UnauthorizedTTL > 0),
		Timeout:                                  metav1.Duration{Duration: cmp.Or(w.Timeout, 3*time.Second)},
		SubjectAccessReviewVersion:               "v1",
		MatchConditionSubjectAccessReviewVersion: "v1",
		FailurePolicy:                            cmp.Or(w.FailurePolicy, "NoOpinion"),
		ConnectionInfo:                           apiserverv1.WebhookConnectionInfo{Type: "KubeConfigFile", KubeConfigFile: &kubeconfig},
		MatchConditions:                          conditions,
	}}
}
