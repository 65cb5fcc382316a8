package main

import (
	"context"
	"log/slog"
	"time"
)

// How often what is kept up to date in a cluster is compared although nothing was told to have changed, how soon it is
// tried again after it failed, and how long to wait for an API server that does not answer.
const (
	compareEvery = time.Minute
	tryAgain     = 2 * time.Second
	compareTakes = 30 * time.Second
)

// upkeep keeps something in a cluster as it should be.
type upkeep struct {
	do             func(context.Context) error // compares and corrects
	changes        <-chan struct{}             // when it is needed soon
	log            *slog.Logger
	failing, again string // what is logged when it begins to fail, and when it succeeds again
}

// run does it until the context ends. What fails is tried again, and logged once.
func (u *upkeep) run(ctx context.Context) {
	failing := false
	for {
		wait := compareEvery
		err := u.do(ctx)
		if err != nil {
			wait = tryAgain
		}
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !failing:
			u.log.Error(u.failing, "error", err)
		case err == nil && failing:
			u.log.Info(u.again)
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-u.changes:
		case <-time.After(wait):
		}
	}
}
