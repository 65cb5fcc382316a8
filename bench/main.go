// Command bench measures what one SubjectAccessReview costs the server, beside the least that it could cost.
//
// It starts servers as processes of their own, with one core's worth of Go each, and asks them over one mutual-TLS
// HTTP/2 connection, as kube-apiserver does. Two of them set the scale: "floor" answers constant bytes, "decode" reads
// and writes JSON with encoding/json and decides next to nothing. The others are Bailiwick with policies of different
// sizes. All are asked in turns, round after round, so that whatever else the machine does slows all of them alike;
// what counts is therefore the ratio between them in the same round, not the time.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/bailiwick-dev/bailiwick/bench/fleet"
)

// plan is what to measure.
type plan struct {
	requests    int // to each server in each round
	warmup      int // to each server before the first round
	rounds      int
	workers     int
	tenants     []int         // sizes of policy to measure the time with
	large       fleet.Fleet   // size of policy to measure memory with
	settle      time.Duration // how long that server runs before it is measured
	inside      []fleet.Fleet // sizes of policy to measure decisions in process with
	shortRounds int           // of decisions in process
	format      string        // table or json
	profile     string        // file for a CPU profile of the last Bailiwick server; "" for none
}

func defaultPlan() plan {
	return plan{
		requests:    4_000,
		warmup:      2_000,
		rounds:      9,
		workers:     16,
		tenants:     []int{1, 1_000},
		large:       fleet.Fleet{Tenants: 10_000, Clusters: 5_000},
		settle:      12 * time.Second, // it looks for changes every 5 s
		inside:      []fleet.Fleet{{Tenants: 1}, {Tenants: 100}, {Tenants: 10_000}, {Tenants: 1, Namespaces: 10_000}},
		shortRounds: 101,
		format:      "table",
	}
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == childArgument {
		exit(serveChild(os.Stdin, os.Stdout))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := defaultPlan()
	flag.IntVar(&p.requests, "requests", p.requests, "`N` requests to each server in each round")
	flag.IntVar(&p.warmup, "warmup", p.warmup, "`N` requests to each server before the first round")
	flag.IntVar(&p.rounds, "rounds", p.rounds, "`N` rounds")
	flag.IntVar(&p.workers, "workers", p.workers, "`N` requests under way at once")
	flag.StringVar(&p.format, "o", p.format, "`FORMAT` of the result: table or json")
	flag.StringVar(&p.profile, "profile", "", "write a CPU profile of the Bailiwick server with most tenants to `FILE`")
	flag.Parse()
	if flag.NArg() > 0 {
		exit(fmt.Errorf("unknown argument %q; see -help", flag.Arg(0)))
	}
	exit(run(ctx, p, os.Stdout, os.Stderr))
}

func exit(err error) {
	if err == nil {
		os.Exit(0)
	}
	fmt.Fprintln(os.Stderr, "error:", err)
	os.Exit(1)
}

// run measures and prints. A broken promise is printed, it is no error: on a busy machine it may be noise.
func run(ctx context.Context, p plan, out, progress io.Writer) error {
	write, err := printer(p.format)
	if err != nil {
		return err
	}
	if p.requests < 1 || p.rounds < 1 || p.workers < 1 {
		return errors.New("requests, rounds and workers must be at least 1")
	}
	res, err := measure(ctx, p, progress)
	if ctx.Err() != nil {
		return errors.New("interrupted")
	}
	if err != nil {
		return err
	}
	return write(out, res)
}
