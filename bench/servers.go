package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/bailiwick-dev/bailiwick/authorizer"
	"github.com/bailiwick-dev/bailiwick/bench/fleet"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
	"github.com/bailiwick-dev/bailiwick/webhook"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

const (
	floorServer     = "floor"
	decodeServer    = "decode"
	bailiwickServer = "bailiwick"
)

func newHandler(ctx context.Context, o *order, log *slog.Logger) (http.Handler, error) {
	switch o.Server {
	case floorServer:
		return http.HandlerFunc(floor), nil
	case decodeServer:
		return newDecode(), nil
	case bailiwickServer:
		return newBailiwick(ctx, o.Policy, log)
	default:
		return nil, fmt.Errorf("unknown server %q", o.Server)
	}
}

var constant = []byte(`{"kind":"SubjectAccessReview","apiVersion":"authorization.k8s.io/v1","status":{"allowed":false}}`)

// floor is what TLS and HTTP/2 cost alone.
func floor(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(constant)
}

// question and verdict are the least of a review that could be decided: nothing that a smaller server would leave out
// shall make the scale more generous.
type (
	question struct {
		Kind       string `json:"kind"`
		APIVersion string `json:"apiVersion"`
		Spec       struct {
			User               string   `json:"user"`
			Groups             []string `json:"groups"`
			ResourceAttributes struct {
				Namespace string `json:"namespace"`
				Verb      string `json:"verb"`
				Group     string `json:"group"`
				Resource  string `json:"resource"`
				Name      string `json:"name"`
			} `json:"resourceAttributes"`
		} `json:"spec"`
	}
	verdict struct {
		Kind       string `json:"kind"`
		APIVersion string `json:"apiVersion"`
		Status     struct {
			Allowed bool   `json:"allowed"`
			Reason  string `json:"reason,omitempty"`
		} `json:"status"`
	}
)

// newDecode is what a decision costs in JSON, with a look-up in place of the decision.
func newDecode() http.Handler {
	allowed := map[string]bool{fleet.User(0): true}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q question
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		v := verdict{Kind: q.Kind, APIVersion: q.APIVersion}
		v.Status.Allowed = allowed[q.Spec.User]
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(&v)
	})
}

// newBailiwick has the routes of `bailiwick serve`, and follows its policy as that does.
func newBailiwick(ctx context.Context, dir string, log *slog.Logger) (http.Handler, error) {
	reader := load.NewReader(dir)
	bundle, err := reader.Read()
	if err != nil {
		return nil, err
	}
	snap, problems := policy.Compile(bundle.Objects, fleet.Options())
	if problems = append(bundle.Problems, problems...); len(problems) > 0 {
		return nil, fmt.Errorf("the generated policy is wrong: %s", problems[0])
	}
	var snapshots atomic.Pointer[policy.Snapshot]
	snapshots.Store(snap)
	go follow(ctx, reader, log)
	routes := &webhook.Routes{
		Authorizer: authorizer.New(&snapshots, authorizer.Options{}),
		Guards:     admit.Guards(),
		Snapshots:  &snapshots,
		Metrics:    webhook.NewMetrics(prometheus.NewRegistry()),
		Log:        log,
	}
	return routes.Handler(), nil
}

// follow reads the policy whenever it may have changed, which it never has.
func follow(ctx context.Context, reader *load.Reader, log *slog.Logger) {
	read := func() {
		if _, err := reader.Read(); err != nil {
			log.Error("reading the policy again", "error", err)
		}
	}
	read() // once more before the watch, to miss nothing
	if err := reader.Watch(ctx, read); err != nil {
		log.Error("watching the policy", "error", err)
	}
}
