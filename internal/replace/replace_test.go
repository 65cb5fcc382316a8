package replace_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/internal/replace"
)

func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	require.NoError(t, replace.File(path, 0o644, []byte("before")))
	require.NoError(t, replace.File(path, 0o600, []byte("now")))
	requireAlone(t, path, "now", 0o600)
}

// What cannot be written leaves the file as it was, and nothing else behind.
func TestFailedWriteLeavesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	require.NoError(t, replace.File(path, 0o644, []byte("before")))
	broken := errors.New("broken")
	err := replace.With(path, 0o600, func(w io.Writer) error {
		_, err := io.WriteString(w, "half")
		return errors.Join(err, broken)
	})
	require.ErrorIs(t, err, broken)
	requireAlone(t, path, "before", 0o644)

	folder := filepath.Join(filepath.Dir(path), "folder")
	require.NoError(t, os.MkdirAll(filepath.Join(folder, "full"), 0o700))
	require.Error(t, replace.File(folder, 0o600, []byte("now")), "a folder stays")
	require.NoError(t, os.RemoveAll(folder))
	requireAlone(t, path, "before", 0o644)
}

// requireAlone wants a file with a content and a mode to be all that is in its folder.
func requireAlone(t *testing.T, path, want string, mode fs.FileMode) {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, want, string(text))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, mode, info.Mode())
	files, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, files, 1)
}
