//go:build linux

package node

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// ErrUnable is the error of Start where the machine cannot run a node.
var ErrUnable = errors.New("this machine cannot run a node")

// Unable says why this machine cannot run a node, as far as can be seen without trying.
func Unable() error {
	if os.Geteuid() != 0 {
		return fmt.Errorf("%w: it takes root", ErrUnable)
	}
	for _, command := range []string{"ip", "mount", "nsenter", "nft"} {
		if _, err := exec.LookPath(command); err != nil {
			return fmt.Errorf("%w: the command %s is missing", ErrUnable, command)
		}
	}
	return nil
}

// namespaces are those of a node. They live as long as their first process.
type namespaces struct{ first *exec.Cmd }

// setup prepares mounts and network from inside.
//
//go:embed setup.sh
var setup string

// enter makes namespaces whose first process is pause, and which end with this process.
func enter(ctx context.Context, dir, pause string) (*namespaces, error) {
	s := &namespaces{}
	if err := s.open(pause); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: making namespaces: %w", ErrUnable, err), s.leave())
	}
	out, err := s.command(ctx, "sh", "-euc", setup, "setup", dir, name, address).CombinedOutput()
	if err == nil {
		err = makeGroups(dir)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %w: %s", ErrUnable, err, strings.TrimSpace(string(out))), s.leave())
	}
	return s, nil
}

func (s *namespaces) open(pause string) error {
	s.first = exec.Command(pause) //nolint:noctx // it lives as long as the node
	s.first.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWNET | syscall.CLONE_NEWUTS | syscall.CLONE_NEWIPC,
		Pdeathsig:  syscall.SIGKILL,
	}
	return s.first.Start()
}

// command is a command that runs inside.
func (s *namespaces) command(ctx context.Context, args ...string) *exec.Cmd {
	inside := []string{"--target", strconv.Itoa(s.first.Process.Pid), "--mount", "--pid", "--net", "--uts", "--ipc", "--"}
	return exec.CommandContext(ctx, "nsenter", append(inside, args...)...)
}

// leave ends every process inside.
func (s *namespaces) leave() error {
	if s.first.Process == nil {
		return nil
	}
	err := s.first.Process.Kill()
	_ = s.first.Wait() // it says that it was killed
	return err
}

// Dial connects from the node: to pods, to Services, to what listens on the node itself. The address is numeric.
func (n *Node) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	type result struct {
		conn net.Conn
		err  error
	}
	answer := make(chan result, 1)
	go func() { // a network namespace is a thread's
		runtime.LockOSThread()
		conn, back, err := n.namespaces.dial(ctx, network, address)
		answer <- result{conn, err}
		if back == nil {
			runtime.UnlockOSThread() // else the thread ends with this goroutine
		}
	}()
	r := <-answer
	return r.conn, r.err
}

// dial also says whether this thread is back in the network that it came from.
func (s *namespaces) dial(ctx context.Context, network, address string) (conn net.Conn, back, err error) {
	home, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return nil, nil, err
	}
	defer home.Close() //nolint:errcheck // it was only read
	away, err := os.Open(fmt.Sprintf("/proc/%d/ns/net", s.first.Process.Pid))
	if err != nil {
		return nil, nil, err
	}
	defer away.Close() //nolint:errcheck // it was only read
	if err := unix.Setns(int(away.Fd()), unix.CLONE_NEWNET); err != nil {
		return nil, nil, fmt.Errorf("entering the node's network: %w", err)
	}
	conn, err = (&net.Dialer{}).DialContext(ctx, network, address)
	return conn, unix.Setns(int(home.Fd()), unix.CLONE_NEWNET), err
}
