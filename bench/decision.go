package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	kauthorizer "k8s.io/apiserver/pkg/authorization/authorizer"

	"github.com/bailiwick-dev/bailiwick/authorizer"
	"github.com/bailiwick-dev/bailiwick/bench/fleet"
	"github.com/bailiwick-dev/bailiwick/policy"
)

// decisionsInRound makes rounds so short that hardly any is interrupted.
const decisionsInRound = 5_000

// decision is how long one question takes with one policy.
type decision struct {
	Name  string  `json:"name"`
	Nanos float64 `json:"nanos"`
	// ToOne compares it with the same question and the policy that comes first. The extremes of so short rounds tell
	// nothing, only when others were at work.
	ToOne float64 `json:"toOne"`
}

// decisionCase asks one question again and again.
type decisionCase struct {
	name    string
	decide  kauthorizer.Authorizer
	request kauthorizer.AttributesRecord
	want    kauthorizer.Decision
	rounds  []time.Duration
}

// decisions measures what tenant 0 is allowed and what he is not, with policies of all sizes, in turns.
func decisions(ctx context.Context, p plan) ([]decision, error) {
	var cases []*decisionCase
	for _, f := range p.inside {
		hit, miss, err := newDecisionCases(f)
		if err != nil {
			return nil, err
		}
		cases = append(cases, hit, miss)
	}
	for range p.shortRounds {
		for _, c := range cases {
			if err := c.round(ctx); err != nil {
				return nil, err
			}
		}
	}
	var list []decision
	for i, c := range cases {
		first := cases[i%2] // hits and misses alternate
		list = append(list, decision{
			Name:  c.name,
			Nanos: median(c.rounds, func(d time.Duration) float64 { return float64(d) / decisionsInRound }),
			ToOne: compare(c.rounds, first.rounds, func(d time.Duration) time.Duration { return d }).Median,
		})
	}
	return list, nil
}

func newDecisionCases(f fleet.Fleet) (hit, miss *decisionCase, err error) {
	snap, err := f.Compile()
	if err != nil {
		return nil, nil, err
	}
	var holder atomic.Pointer[policy.Snapshot]
	holder.Store(snap)
	decide := authorizer.New(&holder, authorizer.Options{})
	name := count(f.Tenants, "tenant") + ", " + count(f.Grants(), "namespace")
	hit = &decisionCase{name: "hit, " + name, decide: decide,
		request: fleet.Request(0, fleet.Namespace(0, 0)), want: kauthorizer.DecisionAllow}
	miss = &decisionCase{name: "miss, " + name, decide: decide,
		request: fleet.Request(0, "kube-system"), want: kauthorizer.DecisionNoOpinion}
	return hit, miss, nil
}

// round asks for a while. It fails when a decision is wrong.
func (c *decisionCase) round(ctx context.Context) error {
	start := time.Now()
	for range decisionsInRound {
		if got, _, err := c.decide.Authorize(ctx, &c.request); err != nil || got != c.want {
			return fmt.Errorf("%s: decision %v, want %v, error %w", c.name, got, c.want, err)
		}
	}
	c.rounds = append(c.rounds, time.Since(start))
	return nil
}
