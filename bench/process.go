package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// patience is how long a child may take to end once its input has ended.
const patience = 5 * time.Second

// process is a server that runs for us.
type process struct {
	cmd     *exec.Cmd
	input   io.Closer
	orders  *json.Encoder
	answers *json.Decoder
	address string
}

// start runs a server and returns when it answers. The context's end stops it too.
func start(ctx context.Context, o *order) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding our own program: %w", err)
	}
	cmd := exec.CommandContext(ctx, self, childArgument)
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	cmd.Stderr = os.Stderr
	input, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", o.Server, err)
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", o.Server, err)
	}
	cmd.Cancel = input.Close
	cmd.WaitDelay = patience
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", o.Server, err)
	}
	p := &process{cmd: cmd, input: input, orders: json.NewEncoder(input), answers: json.NewDecoder(output)}
	var h hello
	if err := p.ask(o, &h); err != nil {
		return nil, errors.Join(fmt.Errorf("server %s did not start: %w", o.Server, err), p.stop())
	}
	p.address = h.Address
	return p, nil
}

func (p *process) ask(order, answer any) error {
	if err := p.orders.Encode(order); err != nil {
		return fmt.Errorf("asking a server's process: %w", err)
	}
	if err := p.answers.Decode(answer); err != nil {
		return fmt.Errorf("hearing from a server's process: %w", err)
	}
	return nil
}

func (p *process) usage() (usage, error) {
	var u usage
	err := p.ask(struct{}{}, &u)
	return u, err
}

// stop ends the server and waits for it.
func (p *process) stop() error {
	_ = p.input.Close() // closed already when the context has ended
	timer := time.AfterFunc(patience, func() { _ = p.cmd.Process.Kill() })
	defer timer.Stop()
	if err := p.cmd.Wait(); err != nil {
		return fmt.Errorf("a server's process: %w", err)
	}
	return nil
}
