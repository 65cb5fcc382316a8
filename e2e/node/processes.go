//go:build linux

package node

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"
)

// process is a program that runs on the node until the node ends.
type process struct {
	name, log string
	ended     chan struct{}
}

type processes []*process

// start starts a program inside. What it prints goes to a file.
func (n *Node) start(name string, args ...string) error {
	p := &process{name: name, log: n.path(name + ".log"), ended: make(chan struct{})}
	log, err := os.Create(p.log)
	if err != nil {
		return err
	}
	defer log.Close() //nolint:errcheck // the program keeps its own handle
	cmd := n.namespaces.command(context.Background(), append([]string{n.program(name)}, args...)...)
	// containerd finds runc's shim, kube-proxy finds nft.
	cmd.Env = append(os.Environ(), "PATH="+n.options.Programs+":"+os.Getenv("PATH"))
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	n.processes = append(n.processes, p)
	go func() {
		_ = cmd.Wait()
		close(p.ended)
	}()
	return nil
}

// await returns when something is so, or says which program has ended meanwhile and its last words.
func (n *Node) await(ctx context.Context, what string, ok func(context.Context) bool) error {
	for !ok(ctx) {
		for _, p := range n.processes {
			select {
			case <-p.ended:
				return fmt.Errorf("%s ended by itself; the last lines of its log:\n%s", p.name, p.tail())
			default:
			}
		}
		select {
		case <-ctx.Done():
			last := n.processes[len(n.processes)-1]
			return fmt.Errorf("%s: %w; the last lines of the log of %s:\n%s", what, ctx.Err(), last.name, last.tail())
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}

func (p *process) tail() string {
	log, _ := os.ReadFile(p.log)
	lines := strings.Split(strings.TrimSpace(string(log)), "\n")
	return strings.Join(lines[max(0, len(lines)-12):], "\n")
}

// wait returns when every program has ended.
func (ps processes) wait() {
	for _, p := range ps {
		<-p.ended
	}
}

// run runs a command inside to its end.
func (n *Node) run(ctx context.Context, args ...string) error {
	out, err := n.namespaces.command(ctx, args...).CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, out)
	}
	return err
}
