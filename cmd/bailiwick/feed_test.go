package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// place is a source whose contents a test chooses.
type place struct {
	bundle  *policy.Bundle
	err     error
	changed chan struct{}
}

func (p *place) Read() (*policy.Bundle, error) { return p.bundle, p.err }

func (p *place) Watch(ctx context.Context, changed func()) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-p.changed:
			changed()
		}
	}
}

func bundle(t *testing.T, sum byte, objects ...string) *policy.Bundle {
	t.Helper()
	b := &policy.Bundle{Objects: &policy.Objects{}, Sum: [32]byte{sum}, PolicySum: [32]byte{sum}}
	for _, o := range objects {
		require.Empty(t, b.Objects.Add([]byte(o), policy.Position{}))
	}
	return b
}

func TestFeedSaysWhatIsInForce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		from := &place{err: errors.New("nobody answers"), changed: make(chan struct{})}
		f := newFeed(from, policy.Options{}, prometheus.NewRegistry(), slog.New(slog.NewTextHandler(&log, nil)))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		require.Error(t, f.start())
		go func() { _ = f.follow(ctx) }()
		change := func(b *policy.Bundle, err error) {
			from.bundle, from.err = b, err
			from.changed <- struct{}{}
			synctest.Wait()
		}
		says := func(ready bool, words string) {
			t.Helper()
			ok, text := f.ready()
			require.Equal(t, ready, ok)
			require.Contains(t, text, words)
		}
		synctest.Wait()
		says(false, "starting: nobody answers")

		first := bundle(t, 1)
		change(first, nil)
		says(true, "ready")
		snap := f.Load()
		change(first, nil)
		require.Same(t, snap, f.Load(), "nothing changed")

		stale := *first
		stale.Stale = errors.New("RoleRequest since noon")
		change(&stale, nil)
		change(&stale, nil)
		says(true, "ready, but stale: RoleRequest since noon")
		require.Same(t, snap, f.Load())
		change(nil, errors.New("nobody answers"))
		says(true, "ready, but stale: nobody answers; the policy of 2000-01-01T")
		change(bundle(t, 2), nil)
		says(true, "ready")
		require.NotSame(t, snap, f.Load())
		require.Equal(t, 2, bytes.Count(log.Bytes(), []byte("cannot be read")), log.String())
		require.Equal(t, 1, bytes.Count(log.Bytes(), []byte("no policy yet")))
		require.Equal(t, 1, bytes.Count(log.Bytes(), []byte("policy is up to date")))
	})
}

func TestFeedEndsGrantsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		from := &place{changed: make(chan struct{}), bundle: bundle(t, 1, `{"apiVersion": "lib.projectsveltos.io/v1beta1", "kind": "RoleRequest",
			"metadata": {"name": "a", "annotations": {"bailiwick.dev/expires": "2000-01-01T01:00:00Z"}},
			"spec": {"serviceAccountName": "foo", "serviceAccountNamespace": "default", "clusterSelector": {"matchLabels": {"a": "b"}}}}`)}
		f := newFeed(from, policy.Options{}, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		require.NoError(t, f.start())
		go func() { _ = f.follow(ctx) }()
		const foo = "system:serviceaccount:default:foo"
		time.Sleep(59 * time.Minute)
		synctest.Wait()
		require.NotNil(t, f.Load().Tenant(policy.Subject{Name: foo}))
		from.err = errors.New("nobody answers") // which must not keep a grant alive
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		require.Nil(t, f.Load().Tenant(policy.Subject{Name: foo}))
	})
}
