package controlplane

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// noSignal only asks whether the process exists.
const noSignal = syscall.Signal(0)

// process returns the running process of a program, or nil.
func (d workdir) process(program string) *os.Process {
	text, err := os.ReadFile(d.path(program + ".pid"))
	if err != nil {
		return nil
	}
	id, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return nil
	}
	process, err := os.FindProcess(id)
	if err != nil || process.Signal(noSignal) != nil || !d.owns(id) {
		return nil
	}
	return process
}

// owns tells our processes from one that got the id of a program long dead, as far as the system can say: the command
// line of ours names the folder.
func (d workdir) owns(id int) bool {
	if _, err := os.Stat("/proc/self/cmdline"); err != nil {
		return true
	}
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", id))
	return err == nil && bytes.Contains(line, []byte(d))
}

// kill ends the programs that run.
func (d workdir) kill() {
	for _, program := range []string{etcd, apiserver} {
		if process := d.process(program); process != nil {
			_ = process.Kill() // gone already is fine
		}
	}
}

// killUntil makes envtest give up: it knows no context, but it notices that a program has ended. One kill is not
// enough, because it may be about to start the next program.
func (d workdir) killUntil(done <-chan struct{}) {
	for {
		d.kill()
		select {
		case <-done:
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// died tells which programs are not there any more, and their last words.
func (d workdir) died() error {
	var errs []error
	for _, program := range []string{etcd, apiserver} {
		if d.process(program) == nil {
			errs = append(errs, fmt.Errorf("%s ended by itself%s", program, d.tail(program)))
		}
	}
	return errors.Join(errs...)
}

// tails returns the last words of the program that was started last.
func (d workdir) tails() string {
	if words := d.tail(apiserver); words != "" {
		return words
	}
	return d.tail(etcd)
}

const tailLines = 12

// tail returns the last lines of a program's log, ready to stand at the end of an error. No log, no words.
func (d workdir) tail(program string) string {
	log, _ := os.ReadFile(d.log(program))
	text := strings.TrimSpace(string(log))
	if text == "" {
		return ""
	}
	lines := strings.Split(text, "\n")
	lines = lines[max(0, len(lines)-tailLines):]
	return fmt.Sprintf("; the last lines of %s's log:\n%s", program, strings.Join(lines, "\n"))
}
