package main

import (
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

func newHandler(o *order, log *slog.Logger) (http.Handler, error) {
	switch o.Server {
	case floorServer:
		return http.HandlerFunc(floor), nil
	case decodeServer:
		return newDecode(), nil
	case bailiwickServer:
		return newBailiwick(o.Policy, log)
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

// held keeps what a server with a policy directory keeps: the snapshot in force, and what was read.
type held struct {
	atomic.Pointer[policy.Snapshot]
	reader *load.Reader
}

// newBailiwick has the routes of `bailiwick serve`.
func newBailiwick(dir string, log *slog.Logger) (http.Handler, error) {
	snapshots := &held{reader: load.NewReader(dir)}
	bundle, err := snapshots.reader.Read()
	if err != nil {
		return nil, err
	}
	snap, problems := policy.Compile(bundle.Objects, fleet.Options())
	if problems = append(bundle.Problems, problems...); len(problems) > 0 {
		return nil, fmt.Errorf("the generated policy is wrong: %s", problems[0])
	}
	snapshots.Store(snap)
	routes := &webhook.Routes{
		Authorizer: authorizer.New(snapshots),
		Guards:     admit.Guards(),
		Snapshots:  snapshots,
		Metrics:    webhook.NewMetrics(prometheus.NewRegistry()),
		Log:        log,
	}
	return routes.Handler(), nil
}
