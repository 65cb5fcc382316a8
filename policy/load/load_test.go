package load_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
)

func configMap(name string) string {
	return fmt.Sprintf("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n", name)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
}

func names(b *policy.Bundle) string {
	var s []string
	for _, src := range b.Objects.Sources {
		s = append(s, src.Metadata.Name)
	}
	return strings.Join(s, " ")
}

func TestReadsFilesInOrder(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "b.yml"), configMap("b"))
	write(t, filepath.Join(dir, "a.yaml"), "# first\n---\n"+configMap("a1")+"---\n"+configMap("a2"))
	write(t, filepath.Join(dir, "sub", "c.json"), `{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}}`)
	write(t, filepath.Join(dir, "readme.txt"), "not policy")
	write(t, filepath.Join(dir, ".hidden.yaml"), configMap("hidden"))
	write(t, filepath.Join(dir, ".git", "x.yaml"), configMap("hidden"))
	b, err := load.NewReader(dir).Read()
	require.NoError(t, err)
	require.Empty(t, b.Problems)
	require.Equal(t, "a1 a2 b c", names(b))
	require.Equal(t, policy.Position{File: filepath.Join(dir, "a.yaml"), Line: 7}, b.Objects.Sources[1].Position)

	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(dir, link))
	b, err = load.NewReader(link).Read()
	require.NoError(t, err)
	require.Equal(t, "a1 a2 b c", names(b))
}

func TestKeepsWhatWasGood(t *testing.T) {
	dir := t.TempDir()
	good, other := filepath.Join(dir, "good.yaml"), filepath.Join(dir, "other.yaml")
	write(t, good, configMap("good"))
	write(t, other, configMap("other"))
	r := load.NewReader(dir)
	first, err := r.Read()
	require.NoError(t, err)
	again, err := r.Read()
	require.NoError(t, err)
	require.Equal(t, first.Sum, again.Sum, "nothing changed")

	write(t, good, configMap("good")+"---\nkind: [\n")
	write(t, other, configMap("changed"))
	b, err := r.Read()
	require.NoError(t, err)
	require.NotEqual(t, first.Sum, b.Sum)
	require.Equal(t, "good changed", names(b), "the broken file keeps its objects and holds nothing else back")
	require.Len(t, b.Problems, 2)
	require.Contains(t, b.Problems[0].String(), "good.yaml:5: yaml: line 5")
	require.Contains(t, b.Problems[1].String(), "stays in force")
	again, err = r.Read()
	require.NoError(t, err)
	require.Equal(t, b.Sum, again.Sum, "still broken is not a change")
	require.Equal(t, b.Problems, again.Problems)

	require.NoError(t, os.Remove(good))
	require.NoError(t, os.Symlink("/nowhere/x.yaml", good))
	b, err = r.Read()
	require.NoError(t, err)
	require.Equal(t, "good changed", names(b), "an unreadable file keeps its objects too")
	require.Contains(t, b.Problems[0].Message, "no such file")

	require.NoError(t, os.Remove(good))
	b, err = r.Read()
	require.NoError(t, err)
	require.Equal(t, "changed", names(b), "a file that is gone is gone")
	require.Empty(t, b.Problems)
}

// A file is not read again while its times say that nothing touched it, unless it was written just before.
func TestReadsAFileAgainOnlyWhenItWasTouched(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.yaml")
	write(t, path, configMap("aaa"))
	r := load.NewReader(path)
	read := func() string {
		b, err := r.Read()
		require.NoError(t, err)
		return names(b)
	}
	stamp := func(age time.Duration) {
		at := time.Now().Add(-age)
		require.NoError(t, os.Chtimes(path, at, at))
	}
	require.Equal(t, "aaa", read())
	write(t, path, configMap("bbb")) // same size, and perhaps the same time
	require.Equal(t, "bbb", read())
	old := time.Now().Add(-time.Hour)
	require.NoError(t, os.Chtimes(path, old, old))
	require.Equal(t, "bbb", read())
	write(t, path, configMap("ccc"))
	require.NoError(t, os.Chtimes(path, old, old))
	require.Equal(t, "bbb", read(), "nothing shows that it was touched")
	stamp(time.Minute)
	require.Equal(t, "ccc", read())
}

func TestNothingToRead(t *testing.T) {
	_, err := load.NewReader(t.TempDir()).Read()
	require.ErrorIs(t, err, load.ErrEmpty)
	_, err = load.NewReader(filepath.Join(t.TempDir(), "nowhere")).Read()
	require.ErrorIs(t, err, os.ErrNotExist)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.yaml"), "kind: [\n")
	b, err := load.NewReader(dir).Read()
	require.NoError(t, err)
	require.Len(t, b.Problems, 1)
	write(t, filepath.Join(dir, "a.yaml"), strings.Repeat("#", 33<<20))
	b, err = load.NewReader(dir).Read()
	require.NoError(t, err)
	require.Contains(t, b.Problems[0].String(), "is larger than 32 MiB")
}

// A mounted ConfigMap changes by one link being replaced.
func TestWatchFollowsAMount(t *testing.T) {
	dir := t.TempDir()
	version := func(n int) string { return fmt.Sprintf("..v%d", n) }
	mount := func(n int) {
		write(t, filepath.Join(dir, version(n), "policy.yaml"), configMap(fmt.Sprintf("v%d", n)))
		require.NoError(t, os.Symlink(version(n), filepath.Join(dir, "..data.new")))
		require.NoError(t, os.Rename(filepath.Join(dir, "..data.new"), filepath.Join(dir, "..data")))
	}
	mount(1)
	require.NoError(t, os.Symlink(filepath.Join("..data", "policy.yaml"), filepath.Join(dir, "policy.yaml")))
	seen := follow(t, dir)
	require.Eventually(t, func() bool { return *seen.Load() == "v1" }, 10*time.Second, 10*time.Millisecond)
	mount(2)
	require.Eventually(t, func() bool { return *seen.Load() == "v2" }, 10*time.Second, 10*time.Millisecond)
}

func TestWatchFollowsNewAndReplacedFolders(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "policy")
	write(t, filepath.Join(dir, "a.yaml"), configMap("a"))
	seen := follow(t, dir)
	write(t, filepath.Join(dir, "team", "b.yaml"), configMap("b"))
	require.Eventually(t, func() bool { return *seen.Load() == "a b" }, 10*time.Second, 10*time.Millisecond)
	write(t, filepath.Join(dir, "team", "b.yaml"), configMap("c"))
	require.Eventually(t, func() bool { return *seen.Load() == "a c" }, 10*time.Second, 10*time.Millisecond)
	require.NoError(t, os.RemoveAll(dir))
	write(t, filepath.Join(dir, "z.yaml"), configMap("z"))
	require.Eventually(t, func() bool { return *seen.Load() == "z" }, 20*time.Second, 10*time.Millisecond)
}

// follow reads a directory again at each change, as the server does.
func follow(t *testing.T, dir string) *atomic.Pointer[string] {
	t.Helper()
	var seen atomic.Pointer[string]
	seen.Store(new(""))
	r := load.NewReader(dir)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	reread := func() {
		if b, err := r.Read(); err == nil {
			seen.Store(new(names(b)))
		}
	}
	reread()
	go func() { done <- r.Watch(ctx, reread) }()
	t.Cleanup(func() { cancel(); require.NoError(t, <-done) })
	return &seen
}

func FuzzText(f *testing.F) {
	f.Add([]byte(configMap("a") + "---\nkind: List\napiVersion: v1\nitems: [{}, 1, null]\n"))
	f.Add([]byte("apiVersion: lib.projectsveltos.io/v1alpha1\nkind: RoleRequest\nmetadata: {name: r}\nspec: {admin: foo, clusterSelector: 'a in (b'}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		objs := &policy.Objects{}
		problems := load.Text(objs, "f", text)
		snap, more := policy.Compile(objs, policy.Options{})
		require.NotNil(t, snap)
		for _, p := range append(problems, more...) {
			require.NotEmpty(t, p.Message)
		}
	})
}
