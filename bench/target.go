package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/bailiwick-dev/bailiwick/bench/fleet"
)

// turn is what one server did in one round.
type turn struct {
	cpu      time.Duration // per request
	p50, p99 time.Duration
}

// target is one server that is asked.
type target struct {
	name    string
	process *process
	client  *client
	turns   []turn
	usage   usage // after the last turn
}

func (b *bench) startBailiwick(ctx context.Context, f fleet.Fleet, o order) (*target, error) {
	name := o.Server + ", " + count(f.Tenants, "tenant")
	o.Policy = filepath.Join(b.dir, name)
	if err := os.Mkdir(o.Policy, 0o700); err != nil {
		return nil, fmt.Errorf("making a folder for a policy: %w", err)
	}
	if err := f.Write(o.Policy); err != nil {
		return nil, err
	}
	return b.start(ctx, name, o, f.Tenants)
}

func (b *bench) start(ctx context.Context, name string, o order, tenants int) (*target, error) {
	o.Cert, o.ClientCA = b.server, b.ca.PEM()
	p, err := start(ctx, &o)
	if err != nil {
		return nil, err
	}
	t := &target{name: name, process: p}
	t.client, err = newClient(p.address, tenants, o.Server == bailiwickServer, b.roots, b.client)
	if err == nil {
		err = t.client.connect(ctx)
	}
	if err == nil {
		_, err = t.client.run(ctx, b.warmup, b.workers)
	}
	if err != nil {
		return nil, errors.Join(err, p.stop())
	}
	return t, nil
}

// turn asks a server n times and notes what that cost it.
func (t *target) turn(ctx context.Context, n, workers int) error {
	before, err := t.process.usage()
	if err != nil {
		return err
	}
	took, err := t.client.run(ctx, n, workers)
	if err != nil {
		return err
	}
	if t.usage, err = t.process.usage(); err != nil {
		return err
	}
	t.turns = append(t.turns, turn{
		cpu: (t.usage.CPU - before.CPU) / time.Duration(n),
		p50: took[n/2],
		p99: took[n*99/100],
	})
	return nil
}

// stop closes the connection first, so that the server need not wait for it.
func (t *target) stop() error {
	t.client.http.CloseIdleConnections()
	return t.process.stop()
}

func stop(targets []*target) error {
	var errs []error
	for _, t := range targets {
		errs = append(errs, t.stop())
	}
	return errors.Join(errs...)
}
