package watch

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy"
)

const kubeconfig = `
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://HOST"}}]
users: [{name: u, user: {token: t}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
`

func TestKubeconfigIsReadAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kubeconfig")
	write := func(text string) { require.NoError(t, os.WriteFile(path, []byte(text), 0o600)) }
	write(kubeconfig)
	c, err := connect(Cluster{Kubeconfig: path, Reads: policy.Fleet}, "test")
	require.NoError(t, err)
	first, host := c.api()
	require.Equal(t, "https://HOST", host)

	c.renew()
	again, _ := c.api()
	require.Same(t, first, again, "it has not changed")
	soon := func() { c.looked = time.Time{} }
	write("{")
	soon()
	c.renew()
	again, _ = c.api()
	require.Same(t, first, again, "it is being written")
	write(kubeconfig + "# renewed")
	c.renew()
	again, _ = c.api()
	require.Same(t, first, again, "it was looked at a moment ago")
	soon()
	c.renew()
	again, _ = c.api()
	require.NotSame(t, first, again)
}

func TestKubeconfigThatCannotBeUsed(t *testing.T) {
	dir := t.TempDir()
	broken := filepath.Join(dir, "broken")
	require.NoError(t, os.WriteFile(broken, []byte("{"), 0o600))
	for _, test := range []struct{ path, want string }{
		{filepath.Join(dir, "nowhere"), "no such file"},
		{broken, "reading the kubeconfig " + broken},
		{"", "unable to load in-cluster configuration"},
	} {
		_, err := New(Options{Clusters: []Cluster{{Kubeconfig: test.path, Reads: policy.Fleet}}})
		require.ErrorContains(t, err, test.want)
	}
}
