package e2e_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/e2e/wired"
)

const (
	// probed is how often servers are asked whether they are ready.
	probed = 100 * time.Millisecond
	// learned is how long it takes until new connections go where they should: on a real node up to a second.
	learned = time.Second
)

// balancer is one address for several servers, as a Service is. A connection goes to one of those that were ready a
// moment ago and stays with it; when nobody listens there any more, it fails.
type balancer struct {
	net.Listener
	ready   atomic.Int64             // servers that were ready when they were last asked
	targets atomic.Pointer[[]string] // where new connections go
}

func newBalancer(t *testing.T, servers []*wired.Server) *balancer {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	b := &balancer{Listener: listener}
	b.targets.Store(&[]string{})
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() {
		for ctx.Err() == nil {
			b.probe(ctx, servers)
			time.Sleep(probed)
		}
	})
	group.Go(func() {
		for conn, err := b.Accept(); err == nil; conn, err = b.Accept() {
			go b.forward(conn)
		}
	})
	t.Cleanup(func() {
		cancel()
		require.NoError(t, b.Close())
		group.Wait()
	})
	return b
}

func (b *balancer) probe(ctx context.Context, servers []*wired.Server) {
	targets := []string{}
	for _, s := range servers {
		if _, err := s.Get(ctx, "/readyz"); err == nil {
			targets = append(targets, s.Address())
		}
	}
	b.ready.Store(int64(len(targets)))
	time.AfterFunc(learned, func() { b.targets.Store(&targets) })
}

// forward ends both sides when one has ended.
func (b *balancer) forward(from net.Conn) {
	to, err := b.dial()
	if err != nil {
		_ = from.Close()
		return
	}
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{from, to}, {to, from}} {
		both.Go(func() {
			_, _ = io.Copy(way[0], way[1]) // whoever is connected sees what went wrong
			_ = way[0].Close()
			_ = way[1].Close()
		})
	}
	both.Wait()
}

func (b *balancer) dial() (net.Conn, error) {
	targets := *b.targets.Load()
	if len(targets) == 0 {
		return nil, errors.New("no server is ready")
	}
	return net.Dial("tcp", targets[rand.IntN(len(targets))])
}
