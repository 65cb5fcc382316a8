package watch

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/bailiwick-dev/bailiwick/policy"
)

func kindOf(t *testing.T, kind string) schema.GroupResource {
	t.Helper()
	for _, k := range policy.Kinds() {
		if k.Kind == kind {
			return schema.GroupResource{Group: k.Group, Resource: k.Resource}
		}
	}
	require.FailNow(t, "no kind "+kind)
	return schema.GroupResource{}
}

func storedSource(t *testing.T, api *fakeAPI, dir string) *Source {
	t.Helper()
	s := fakeSource(api, policy.Fleet|policy.Here)
	var err error
	s.state, err = openState(dir)
	require.NoError(t, err)
	s.restore()
	return s
}

func TestOutlivesARestart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	api := newFakeAPI(t, "rolerequests", "settings")
	api.create(request("a", "foo", "Secret/s"))
	api.create(source("Secret", "s"))
	api.create(setting("info"))
	r := run(t, storedSource(t, api, dir))
	_, err := r.Read()
	require.ErrorIs(t, err, ErrStarting)
	r.becomes("Secret/s a:foo log-level=info")
	api.update(broken)
	r.eventually("a broken version", func(b *policy.Bundle) bool { return len(b.Problems) > 0 })
	r.stop()
	file := filepath.Join(dir, "cluster.jsonl")
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode())

	api.set(func() { api.down = true })
	s := storedSource(t, api, dir)
	b, err := s.Read()
	require.NoError(t, err, "it is in force before anything is watched")
	require.Equal(t, "Secret/s a:foo log-level=info", contents(b))
	r = run(t, s)
	b = r.eventually("trouble", func(b *policy.Bundle) bool {
		return b.Stale != nil && strings.Contains(b.Stale.Error(), "does not answer")
	})
	require.Contains(t, b.Stale.Error(), "; what was stored at 20")
	api.create(setting2)
	api.set(func() { api.down = false })
	b = r.eventually("the API server again", func(b *policy.Bundle) bool { return b.Stale == nil })
	require.Equal(t, "Secret/s a:foo log-level=info ui-index=x", contents(b), "the good version is still the stored one")
	require.NotEmpty(t, b.Problems)
	api.remove(request("a", ""))
	r.becomes("log-level=info ui-index=x")
	require.Eventually(t, func() bool {
		data, err := os.ReadFile(file)
		return err == nil && !bytes.Contains(data, []byte("RoleRequest")) && bytes.Contains(data, []byte("ui-index"))
	}, 10*time.Second, 20*time.Millisecond, "it is stored while it runs")
}

const setting2 = "apiVersion: harvesterhci.io/v1beta1\nkind: Setting\nmetadata: {name: ui-index}\nvalue: x"

func TestStoredPolicyOfUse(t *testing.T) {
	dir := t.TempDir()
	api := newFakeAPI(t)
	s := storedSource(t, api, dir)
	c := s.clusters()[0]
	objects := [][]byte{[]byte(`{"apiVersion":"harvesterhci.io/v1beta1","kind":"Setting","metadata":{"name":"x"},"value":"1"}`)}
	require.NoError(t, s.state.write(c, objects))
	file := s.state.path(c)
	good, err := os.ReadFile(file)
	require.NoError(t, err)
	var read [][]byte
	_, err = s.state.read(c, func(o []byte) { read = append(read, o) })
	require.NoError(t, err)
	require.Equal(t, objects, read)
	none := func([]byte) {}

	t.Run("a file that was cut off or changed anywhere is not used", func(t *testing.T) {
		for i := range good {
			_, err := decodeState(bytes.NewReader(good[:i]), none)
			require.Error(t, err, "cut off at %d", i)
			damaged := bytes.Clone(good)
			damaged[i] ^= 1
			_, err = decodeState(bytes.NewReader(damaged), none)
			require.Error(t, err, "damaged at %d of %s", i, good)
		}
	})
	t.Run("nor is one of another cluster or another format", func(t *testing.T) {
		other := &cluster{Cluster: c.Cluster, host: "https://other"}
		_, err := s.state.read(other, none)
		require.ErrorContains(t, err, "it is of https://fake, not of https://other")
		_, err = decodeState(bytes.NewReader(bytes.Replace(good, []byte("state/v1"), []byte("state/v9"), 1)), none)
		require.ErrorContains(t, err, `its format is "bailiwick.dev/state/v9"`)
	})
	t.Run("then it starts as if there were none, and tidies up", func(t *testing.T) {
		require.NoError(t, os.WriteFile(file, good[:len(good)-2], 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, ".cluster.jsonl.123"), good, 0o600))
		_, err := storedSource(t, api, dir).Read()
		require.ErrorIs(t, err, ErrStarting)
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, entries, 1)
	})
}
