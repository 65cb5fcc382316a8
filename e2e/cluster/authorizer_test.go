package cluster_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/bailiwick-dev/bailiwick/certs"
	"github.com/bailiwick-dev/bailiwick/internal/replace"
	"github.com/bailiwick-dev/bailiwick/webhook"
	"github.com/bailiwick-dev/bailiwick/webhook/apiserver"
)

// The files of the folder of kube-apiserver's configuration.
const (
	authorization = "authorization.yaml"
	connection    = "authorizer.kubeconfig"
	clientCert    = "client.crt"
	clientKey     = "client.key"
)

// serving is what the servers keep in their Secret.
func (c *target) serving(t *testing.T) certs.Stored {
	t.Helper()
	stored, ok := certs.Inspect(c.secret(t))
	require.True(t, ok)
	return stored
}

// secret is that of the serving certificate, wherever it comes from.
func (c *target) secret(t *testing.T) *corev1.Secret {
	t.Helper()
	secret, err := c.client(t).CoreV1().Secrets(namespace).Get(t.Context(), release+"-serving", metav1.GetOptions{})
	require.NoError(t, err)
	return secret
}

// authorize makes kube-apiserver ask the server that answers at an address, until the test ends. Name is what its
// certificate is for, when that is not the address, and ca has signed it.
func (c *target) authorize(t *testing.T, host, name string, ca []byte) {
	t.Helper()
	if c.apiserver == "" {
		t.Log("the configuration of this kube-apiserver cannot be changed: RBAC allows foo what the server would")
		c.must(t, "kubectl", "apply", "-f", "testdata/rbac.yaml")
		t.Cleanup(func() { c.must(t, "kubectl", "delete", "-f", "testdata/rbac.yaml") })
		return
	}
	before, err := os.ReadFile(c.file(authorization))
	require.NoError(t, err)
	t.Cleanup(func() { c.replace(t, authorization, before) })

	text, err := apiserver.AuthorizationKubeconfig(
		apiserver.Server{URL: "https://" + host + webhook.AuthorizePath, Name: name, CA: apiserver.File{Data: ca}},
		c.identity(t))
	require.NoError(t, err)
	c.replace(t, connection, text)

	version, err := c.client(t).Discovery().ServerVersion()
	require.NoError(t, err)
	minor, err := apiserver.ParseMinor(version.GitVersion)
	require.NoError(t, err)
	chain := apiserver.Authorization{
		Kubernetes: minor, Kubeconfig: c.file(connection), Namespace: namespace,
		Timeout: 3 * time.Second, AuthorizedTTL: time.Second, UnauthorizedTTL: time.Second,
	}
	text, err = chain.YAML()
	require.NoError(t, err)
	c.replace(t, authorization, text)
}

// identity is what kube-apiserver shows.
func (c *target) identity(t *testing.T) apiserver.Identity {
	t.Helper()
	cert, err := os.ReadFile(c.file(clientCert))
	require.NoError(t, err)
	key, err := os.ReadFile(c.file(clientKey))
	require.NoError(t, err)
	return apiserver.Identity{Cert: apiserver.File{Data: cert}, Key: apiserver.File{Data: key}}
}

func (c *target) file(name string) string { return filepath.Join(c.apiserver, name) }

// replace replaces a file in one step, since kube-apiserver may read it at any time.
func (c *target) replace(t *testing.T, name string, text []byte) {
	t.Helper()
	require.NoError(t, replace.File(c.file(name), 0o600, text))
}
