//go:build linux

package node

import (
	"errors"
	"io"
	"os/exec"
)

// cleanup waits for the end of its input, which comes when the owner closes it or is no more, and removes what is left
// when the owner could not: the namespaces end with him, folder and control groups do not. It ignores the signals that a
// terminal sends to everybody.
const cleanup = `
trap '' HUP INT TERM
read -r _
[ -d "$1" ] || exit 0
sleep 2
find /sys/fs/cgroup -depth -type d -path "*/${1##*/}*" -exec rmdir {} +
rm -rf "$1"
`

type watchdog struct {
	cmd   *exec.Cmd
	input io.Closer
}

func watch(dir string) (*watchdog, error) {
	cmd := exec.Command("sh", "-c", cleanup, "cleanup", dir) //nolint:noctx // it has to outlive every context
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &watchdog{cmd, input}, nil
}

// dismiss ends the watch and returns when the shell is gone.
func (w *watchdog) dismiss() error { return errors.Join(w.input.Close(), w.cmd.Wait()) }
