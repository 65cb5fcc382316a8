package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/bailiwick-dev/bailiwick/bench/fleet"
	"github.com/bailiwick-dev/bailiwick/certs"
)

// bench is a run: the servers and what they need.
type bench struct {
	plan
	progress io.Writer
	dir      string // of the generated policies
	ca       *certs.Authority
	server   certs.Pair
	client   certs.Pair
	roots    *x509.CertPool
}

// measure does the whole run.
func measure(ctx context.Context, p plan, progress io.Writer) (_ *result, err error) {
	b, err := newBench(p, progress)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	targets, err := b.timings(ctx)
	if err != nil {
		return nil, err
	}
	large, err := b.memory(ctx)
	if err != nil {
		return nil, err
	}
	fmt.Fprintln(progress, "decisions in process")
	cases, err := decisions(ctx, p)
	if err != nil {
		return nil, err
	}
	return newResult(p, targets, large, cases), nil
}

func newBench(p plan, progress io.Writer) (*bench, error) {
	const lifetime = 24 * time.Hour
	b := &bench{plan: p, progress: progress, roots: x509.NewCertPool()}
	var err error
	if b.ca, err = certs.NewAuthority("bench", lifetime); err != nil {
		return nil, err
	}
	if b.server, err = b.ca.Server(lifetime, "127.0.0.1"); err != nil {
		return nil, err
	}
	if b.client, err = b.ca.Client(lifetime, "kube-apiserver"); err != nil {
		return nil, err
	}
	b.roots.AppendCertsFromPEM(b.ca.PEM())
	if b.dir, err = os.MkdirTemp("", "bailiwick-bench-"); err != nil {
		return nil, fmt.Errorf("making a folder for policies: %w", err)
	}
	return b, nil
}

// timings asks all servers in turns.
func (b *bench) timings(ctx context.Context) (targets []*target, err error) {
	defer func() { err = errors.Join(err, stop(targets)) }()
	if targets, err = b.startAll(ctx); err != nil {
		return targets, err
	}
	for round := range b.rounds {
		fmt.Fprintf(b.progress, "round %d of %d\n", round+1, b.rounds)
		for _, t := range targets {
			if err := t.turn(ctx, b.requests, b.workers); err != nil {
				return targets, fmt.Errorf("server %s: %w", t.name, err)
			}
		}
	}
	return targets, nil
}

// startAll starts the servers, also those before the one that fails, and warms them up.
func (b *bench) startAll(ctx context.Context) (targets []*target, err error) {
	for _, name := range []string{floorServer, decodeServer} {
		t, err := b.start(ctx, name, order{Server: name}, 1)
		if err != nil {
			return targets, err
		}
		targets = append(targets, t)
	}
	for i, n := range b.tenants {
		o := order{Server: bailiwickServer}
		if i == len(b.tenants)-1 {
			o.Profile = b.profile
		}
		t, err := b.startBailiwick(ctx, fleet.Fleet{Tenants: n}, o)
		if err != nil {
			return targets, err
		}
		targets = append(targets, t)
	}
	return targets, nil
}

// memory is what a server with the large policy holds once it has run for a while and has answered some requests.
func (b *bench) memory(ctx context.Context) (*target, error) {
	fmt.Fprintf(b.progress, "memory with %d grants and %d clusters\n", b.large.Grants(), b.large.Clusters)
	t, err := b.startBailiwick(ctx, b.large, order{Server: bailiwickServer})
	if err != nil {
		return nil, err
	}
	select {
	case <-ctx.Done():
	case <-time.After(b.settle):
	}
	return t, errors.Join(t.turn(ctx, b.requests, b.workers), t.stop())
}
