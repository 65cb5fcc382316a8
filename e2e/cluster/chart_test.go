package cluster_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	namespace = "bailiwick-system"
	release   = "bailiwick"
	// serverName is what the server's certificate is for.
	serverName = release + "." + namespace + ".svc"
	chart      = "../../charts/bailiwick"
)

// values are those of every installation here: the policy of the examples, images that are there already, and answers of
// the server at once.
var values = []string{
	"--set", "image.tag=current", "--set", "image.pullPolicy=Never",
	"--set-json", `policy.sources=[{"kind":"ConfigMap","namespace":"default","name":"full-access"}]`,
}

// program is one of the folder of assets, or of the path.
func program(name string) string {
	if path := filepath.Join(os.Getenv("KUBEBUILDER_ASSETS"), name); os.Getenv("KUBEBUILDER_ASSETS") != "" {
		return path
	}
	return name
}

// run runs helm or kubectl as the administrator, who has no configuration of his own.
func (c *target) run(t *testing.T, name string, args ...string) (string, error) {
	t.Helper()
	home := t.TempDir()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), program(name), args...) // also when the test has ended
	cmd.Env = append(os.Environ(), "KUBECONFIG="+c.kubeconfig, "HELM_CONFIG_HOME="+home, "HELM_CACHE_HOME="+home, "HELM_DATA_HOME="+home)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (c *target) must(t *testing.T, name string, args ...string) string {
	t.Helper()
	began := time.Now()
	out, err := c.run(t, name, args...)
	if err != nil {
		c.explain(t)
	}
	require.NoError(t, err, "%s %s: %s", name, strings.Join(args, " "), out)
	t.Logf("%s %s: %.1f s", name, args[0], time.Since(began).Seconds())
	return out
}

// explain shows what went on in the cluster.
func (c *target) explain(t *testing.T) {
	t.Helper()
	for _, args := range [][]string{
		{"get", "pods,jobs", "-A", "-o", "wide"},
		{"get", "events", "-n", namespace, "--sort-by=.lastTimestamp"},
		{"logs", "-n", namespace, "-l", "app.kubernetes.io/name=bailiwick", "--tail=40", "--prefix"},
	} {
		out, _ := c.run(t, "kubectl", args...)
		t.Logf("kubectl %s\n%s", strings.Join(args, " "), out)
	}
}

// install installs a chart. It is gone again, and its namespace with it, when the test has ended.
func (c *target) install(t *testing.T, chart string, more ...string) {
	t.Helper()
	t.Cleanup(func() { c.remove(t) })
	args := []string{"install", release, chart, "-n", namespace, "--create-namespace", "--wait", "--timeout", "90s"}
	c.must(t, "helm", append(append(args, values...), more...)...)
}

// remove uninstalls, unless that was the test.
func (c *target) remove(t *testing.T) {
	t.Helper()
	c.must(t, "helm", "uninstall", release, "-n", namespace, "--ignore-not-found", "--wait", "--timeout", "90s")
	c.must(t, "kubectl", "delete", "namespace", namespace, "--timeout=60s")
}
