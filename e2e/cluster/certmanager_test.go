package cluster_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// With certManager the certificate is cert-manager's, and so is the CA in the registered webhooks.
func TestCertManager(t *testing.T) {
	c := need(t)
	programs := os.Getenv("BAILIWICK_NODE_ASSETS")
	if programs == "" {
		t.Skip("BAILIWICK_NODE_ASSETS names no folder with cert-manager: run `make e2e-node`")
	}
	c.scene(t)
	crds := filepath.Join(programs, "certmanager-crds")
	c.must(t, "kubectl", "apply", "--server-side", "-f", crds)
	t.Cleanup(func() { c.must(t, "kubectl", "delete", "-f", crds) })
	c.must(t, "kubectl", "wait", "--for=condition=Established", "--timeout=30s", "-f", crds)
	c.certManager(t, filepath.Join(programs, "certmanager"))

	c.install(t, chart, "--set", "certificates.source=certManager")
	c.authorize(t, c.service(t), serverName, c.secret(t).Data["ca.crt"])
	c.judges(t)

	before := c.secret(t).Data["tls.crt"]
	c.must(t, "kubectl", "delete", "secret", release+"-serving", "-n", namespace)
	c.must(t, "kubectl", "wait", "--for=create", "secret/"+release+"-serving", "-n", namespace, "--timeout=30s")
	require.NotEqual(t, before, c.secret(t).Data["tls.crt"])
	c.judges(t)
}

// certManager runs outside of the cluster until the test ends.
func (c *target) certManager(t *testing.T, program string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+c.kubeconfig)
	log, err := os.Create(filepath.Join(t.TempDir(), "certmanager.log"))
	require.NoError(t, err)
	cmd.Stdout, cmd.Stderr = log, log
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Wait() // the end of the test ends it
		if text, err := os.ReadFile(log.Name()); err == nil && t.Failed() {
			t.Logf("cert-manager: %s", text)
		}
	})
}
