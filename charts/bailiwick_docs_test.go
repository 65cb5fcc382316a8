package charts

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

const operations = "../docs/operations.md"

// consoles are the commands of each block of a page that is marked as a console, in their order.
func consoles(t *testing.T, page string) [][]string {
	t.Helper()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	var blocks [][]string
	for _, block := range regexp.MustCompile("(?s)```console\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		var commands []string
		for line := range strings.Lines(block[1]) {
			if command, ok := strings.CutPrefix(strings.TrimSpace(line), "$ "); ok {
				commands = append(commands, command)
			}
		}
		require.NotEmpty(t, commands, block[0])
		blocks = append(blocks, commands)
	}
	require.NotEmpty(t, blocks)
	return blocks
}

// TestOperationsCommands: every command on a console of the page works, in the order in which they stand there. There are no
// nodes, so a server is started where pods would be.
func TestOperationsCommands(t *testing.T) {
	c := startTarget(t)
	home := t.TempDir()
	path := filepath.Dir(c.binary) + ":" + assets(t) + ":" + os.Getenv("PATH")
	serving := false
	for _, block := range consoles(t, operations) {
		for _, command := range block {
			cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", command)
			cmd.Dir = ".."
			cmd.Env = append(os.Environ(), "PATH="+path, "KUBECONFIG="+c.kubeconfig, "HELM_CONFIG_HOME="+home, "HELM_CACHE_HOME="+home, "HELM_DATA_HOME="+home)
			out, err := cmd.CombinedOutput()
			if strings.HasPrefix(command, "bailiwick doctor") && cmd.ProcessState.ExitCode() == 1 {
				continue // it has found something, as there are no pods
			}
			require.NoError(t, err, "%s\n%s", command, out)
			if strings.HasPrefix(command, "helm install") && !serving {
				c.serve(t)
				eventually(t, func() bool { return c.has(t, "rolerequests.bailiwick.dev") }, "the webhooks")
				serving = true
			}
		}
	}
	require.True(t, serving)
}

// TestOperationsAlerts: every alert has its heading on the page to which it links, and the page has no others.
func TestOperationsAlerts(t *testing.T) {
	var file struct{ Alerts []struct{ Alert string } }
	text, err := os.ReadFile(filepath.Join(bailiwick, "files", "alerts.yaml"))
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, &file))
	var alerts, headings []string
	for _, a := range file.Alerts {
		alerts = append(alerts, a.Alert)
	}
	page, err := os.ReadFile(operations)
	require.NoError(t, err)
	for _, h := range regexp.MustCompile(`(?m)^### (Bailiwick\w+)$`).FindAllStringSubmatch(string(page), -1) {
		headings = append(headings, h[1])
	}
	require.Equal(t, alerts, headings)
}
