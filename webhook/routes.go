// Package webhook serves what kube-apiserver asks: one TLS server for authorization and admission, and beside it one
// for metrics and health.
package webhook

import (
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"

	"k8s.io/apiserver/pkg/authorization/authorizer"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
	"github.com/bailiwick-dev/bailiwick/webhook/sar"
)

// AuthorizePath is where kube-apiserver sends SubjectAccessReviews.
const AuthorizePath = "/authorize"

// Routes answer the questions of kube-apiserver.
type Routes struct {
	Authorizer authorizer.Authorizer
	Guards     []admit.Guard
	// Modes are the guards and checks that do not enforce.
	Modes     admit.Modes
	Snapshots policy.Holder
	Metrics   *Metrics
	Log       *slog.Logger
}

// Handler routes POST /authorize, /mutate/<guard> and /validate/<guard>.
func (r *Routes) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle(AuthorizePath, &sar.Handler{
		Authorizer: r.Authorizer,
		Ready:      func() bool { return r.Snapshots.Load() != nil },
		Observe:    observer(r.Metrics, "authorize", "", sar.Outcomes...),
	})
	for _, g := range r.Guards {
		if g.Mutate != nil {
			mux.Handle(g.MutatePath(), &admit.Handler{Guard: g, Mutating: true, Modes: r.Modes, Snapshots: r.Snapshots,
				Observe: observer(r.Metrics, "mutate", g.Name, admit.Outcomes...)})
		}
		mux.Handle(g.ValidatePath(), &admit.Handler{Guard: g, Modes: r.Modes, Snapshots: r.Snapshots,
			Observe: observer(r.Metrics, "validate", g.Name, admit.Outcomes...)})
	}
	return r.recovered(mux)
}

// recovered answers 503 after a panic: kube-apiserver then does what its failurePolicy says, at once, where 500 would
// make it try for seconds.
func (r *Routes) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(p)
			}
			r.Log.Error("panic while answering", "path", req.URL.Path, "panic", p, "stack", string(debug.Stack()))
			http.Error(w, "internal error while deciding", http.StatusServiceUnavailable)
		}()
		next.ServeHTTP(w, req)
	})
}
