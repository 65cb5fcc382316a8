//go:build linux

package node

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ownerVariable turns the test program into one that owns a node until it is killed.
const ownerVariable = "BAILIWICK_TEST_OWNER"

func TestMain(m *testing.M) {
	if os.Getenv(ownerVariable) == "" {
		os.Exit(m.Run())
	}
	n, err := Start(context.Background(), fromEnvironment())
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(n.dir)
	select {}
}

func fromEnvironment() Options {
	return Options{Assets: os.Getenv("KUBEBUILDER_ASSETS"), Programs: os.Getenv("BAILIWICK_NODE_ASSETS")}
}

// options skips where there can be no node, and gives the test a temporary folder in which nothing may be left.
func options(t *testing.T) Options {
	t.Helper()
	o := fromEnvironment()
	if o.Assets == "" || o.Programs == "" {
		t.Skip("there are no programs for a node: run `make e2e-node`")
	}
	if err := Unable(); err != nil {
		t.Skip(err)
	}
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	t.Cleanup(func() {
		left, err := os.ReadDir(temp)
		require.NoError(t, err)
		require.Empty(t, left)
	})
	return o
}

// groups are the control groups of a node, in every hierarchy.
func groups(t *testing.T, node string) []string {
	t.Helper()
	hierarchies, err := mounted()
	require.NoError(t, err)
	var found []string
	for _, h := range hierarchies {
		if group := filepath.Join(h, filepath.Base(node)); exists(group) {
			found = append(found, group)
		}
	}
	return found
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// A node is ready, can be reached, and is gone without a trace.
func TestNode(t *testing.T) {
	o := options(t)
	o.Out = t.Output()
	n, err := Start(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, n.Stop()) })
	require.NotEmpty(t, groups(t, n.dir))

	kubernetes, err := n.client.CoreV1().Services("default").Get(t.Context(), "kubernetes", metav1.GetOptions{})
	require.NoError(t, err)
	require.Eventually(t, func() bool { // kube-proxy takes a moment
		conn, err := n.Dial(t.Context(), "tcp", kubernetes.Spec.ClusterIP+":443")
		return err == nil && conn.Close() == nil
	}, 10*time.Second, 50*time.Millisecond)

	require.NoError(t, n.Stop())
	require.Empty(t, groups(t, n.dir))
}

func TestKilledOwnerLeavesNothing(t *testing.T) {
	options(t)
	owner := exec.Command(os.Args[0])
	owner.Env = append(os.Environ(), ownerVariable+"=1")
	owner.Stderr = os.Stderr
	out, err := owner.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, owner.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	dir := strings.TrimSpace(line)
	require.DirExists(t, dir, line)
	require.NotEmpty(t, groups(t, dir))

	require.NoError(t, owner.Process.Kill())
	_ = owner.Wait()
	require.Eventually(t, func() bool { return !exists(dir) && len(groups(t, dir)) == 0 }, 20*time.Second, 50*time.Millisecond)
}

func TestStartFails(t *testing.T) {
	good := options(t)
	for name, test := range map[string]struct {
		options Options
		want    string
	}{
		"no programs": {Options{Assets: t.TempDir(), Programs: t.TempDir()}, "pause: no such file or directory (e2e/tools/build and build-node build it"},
		"last words":  {Options{Assets: good.Assets, Programs: good.Programs, Flags: []string{"--nonsense"}}, "unknown flag: --nonsense"},
		"no image":    {Options{Assets: good.Assets, Programs: good.Programs, Images: []string{"nowhere.tar"}}, "nowhere.tar: no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := Start(t.Context(), test.options)
			require.ErrorContains(t, err, test.want)
			require.NotErrorIs(t, err, ErrUnable)
			require.Nil(t, n)
		})
	}
}
