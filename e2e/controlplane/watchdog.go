package controlplane

import (
	"errors"
	"io"
	"os/exec"
)

// watchdogScript waits for the end of its input, which comes when the owner closes it or is no more, however it ended.
// After an orderly Stop it finds nothing to do. It ignores the signals that a terminal sends to everybody, since it
// must outlive the owner. The folder is removed last and with a pause: it holds the process ids, and a program that is
// being killed may still add a file.
const watchdogScript = `
trap '' HUP INT TERM
read -r _
[ -d "$1" ] || exit 0
for file in "$1"/*.pid; do
  pid=$(cat "$file") || continue
  # An id can belong to somebody else by now.
  [ ! -f /proc/self/cmdline ] || grep -qF "$1" "/proc/$pid/cmdline" || continue
  kill -9 "$pid"
done
sleep 1
rm -rf "$1"
`

// watchdog is a shell that ends the programs for an owner that could not.
type watchdog struct {
	cmd   *exec.Cmd
	input io.Closer
}

func watch(dir workdir) (*watchdog, error) {
	cmd := exec.Command("/bin/sh", "-c", watchdogScript, "watchdog", string(dir)) //nolint:noctx // it has to outlive every context
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
func (w *watchdog) dismiss() error {
	return errors.Join(w.input.Close(), w.cmd.Wait())
}
