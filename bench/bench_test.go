package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/bench/fleet"
)

// TestMain lets the test program be the servers too, as the benchmark's own program is.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == childArgument {
		exit(serveChild(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

// smallPlan is over in a second. Its figures say nothing.
func smallPlan() plan {
	return plan{
		requests: 40, warmup: 10, rounds: 2, shortRounds: 2, workers: 4, format: "json",
		tenants: []int{1, 3},
		large:   fleet.Fleet{Tenants: 5, Clusters: 5},
		inside:  []fleet.Fleet{{Tenants: 1}, {Tenants: 2, Namespaces: 2}},
	}
}

func TestRun(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), smallPlan(), &out, io.Discard))
	var res result
	require.NoError(t, json.Unmarshal(out.Bytes(), &res))
	require.Len(t, res.Servers, 4)
	for _, r := range res.Servers {
		require.Positive(t, r.CPUMicros, r.Name)
		require.Positive(t, r.ToDecode.Median, r.Name)
	}
	require.Len(t, res.Decisions, 4)
	require.Len(t, res.Promises, 5)

	require.NoError(t, writeTable(&out, &res))
	require.Contains(t, out.String(), "bailiwick, 3 tenants")
	require.Contains(t, out.String(), "miss, 2 tenants, 4 namespaces")
}

func TestRunStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p := smallPlan()
	p.rounds = 1_000_000
	rounds := 0
	err := run(ctx, p, io.Discard, writerFunc(func(text []byte) (int, error) {
		if rounds++; rounds == 3 {
			cancel()
		}
		return len(text), nil
	}))
	require.EqualError(t, err, "interrupted")
}

func TestRunRefuses(t *testing.T) {
	p := smallPlan()
	p.format = "xml"
	require.ErrorContains(t, run(t.Context(), p, io.Discard, io.Discard), `unknown format "xml"`)
	p = smallPlan()
	p.rounds = 0
	require.ErrorContains(t, run(t.Context(), p, io.Discard, io.Discard), "must be at least 1")
}

func TestReviewsAreLikeRealOnes(t *testing.T) {
	seen := map[string]bool{}
	for n := range uint64(40) {
		body, _ := review(n, 3)
		require.True(t, json.Valid(body))
		require.InDelta(t, 650, len(body), 70)
		require.False(t, seen[string(body)], "asked before")
		seen[string(body)] = true
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
