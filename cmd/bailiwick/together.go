package main

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// together runs a server until the context ends, and beside it what goes on while it drains and ends with it. When
// anything of that fails the server ends, too: it would go on with what nobody renews.
func together(ctx context.Context, server func(context.Context) error, beside ...func(context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	background, end := context.WithCancel(context.WithoutCancel(ctx))
	group, background := errgroup.WithContext(background)
	context.AfterFunc(background, stop)
	for _, run := range beside {
		group.Go(func() error { return run(background) })
	}
	group.Go(func() error { defer end(); return server(ctx) })
	return group.Wait()
}
