package main

import (
	"log/slog"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// A machine's birth puts another snapshot into force without a compilation.
func TestFeedTakesInventoryWithoutCompiling(t *testing.T) {
	from := &place{bundle: bundle(t, 1)}
	f := newFeed(from, policy.Options{}, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	require.NoError(t, f.start())
	before := f.Load()

	next := bundle(t, 1, `{"apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine", "metadata": {"namespace": "a", "name": "web"}}`)
	next.Sum = [32]byte{2}
	from.bundle = next
	f.refresh()
	require.NotNil(t, f.Load().VirtualMachine("a", "web"))
	require.Nil(t, before.VirtualMachine("a", "web"))
	require.InDelta(t, 1, testutil.ToFloat64(f.metrics.generation), 0, "compilations")

	same := f.Load()
	f.refresh()
	require.Same(t, same, f.Load(), "nothing changed")
}
