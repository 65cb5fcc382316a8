package controlplane

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/bailiwick-dev/bailiwick/internal/replace"
)

// workdir is the temporary folder of one control plane: configuration, certificates, logs, storage, and for each
// program a launcher and the process id that the launcher left.
type workdir string

// launcher becomes the program whose name it bears. It exists for the process id, which envtest does not tell and
// without which nobody could end the programs for an owner that was killed.
const launcher = `#!/bin/sh
echo $$ >"$0.pid"
exec "${0%/*}/programs/${0##*/}" "$@"
`

// newWorkdir makes the folder, or says what the folder with the programs lacks.
func newWorkdir(assets string) (workdir, error) {
	for _, program := range []string{etcd, apiserver, "kubectl"} {
		if _, err := os.Stat(filepath.Join(assets, program)); err != nil {
			return "", fmt.Errorf("%w (e2e/tools/build builds it and prints the folder)", err)
		}
	}
	root, err := os.MkdirTemp("", "bailiwick-controlplane-")
	if err != nil {
		return "", err
	}
	dir := workdir(root)
	if err := errors.Join(
		os.Symlink(assets, dir.programs()),
		os.Mkdir(dir.path("pki"), 0o700),
		os.WriteFile(dir.launcher(etcd), []byte(launcher), 0o700),
		os.WriteFile(dir.launcher(apiserver), []byte(launcher), 0o700),
	); err != nil {
		return "", errors.Join(err, os.RemoveAll(root))
	}
	return dir, nil
}

func (d workdir) path(name string) string        { return filepath.Join(string(d), name) }
func (d workdir) programs() string               { return d.path("programs") }
func (d workdir) launcher(program string) string { return d.path(program) }
func (d workdir) log(program string) string      { return d.path(program + ".log") }

// writeFile replaces a file, since kube-apiserver watches some of them. Only the owner can read it, because there are
// keys in most.
func writeFile(path string, data []byte) error { return replace.File(path, 0o600, data) }
