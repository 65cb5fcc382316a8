package certs

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"k8s.io/apimachinery/pkg/types"
	coreclient "k8s.io/client-go/kubernetes/typed/core/v1"
)

// Bundles are the registered places that say which authorities are trusted.
type Bundles interface {
	// Held returns what each of them holds now, in PEM.
	Held(ctx context.Context) ([][]byte, error)
	// Publish brings all of them to hold a bundle.
	Publish(ctx context.Context, bundle []byte) error
}

// Rotation keeps a serving certificate and the authorities that sign it in a Secret. All replicas serve what is there,
// and each may renew it: a write that another has overtaken is refused by the API server, and whoever was late looks
// again. A replica serves a new certificate when every registered bundle trusts it, and until then what it served before.
type Rotation struct {
	// Secret is where it is kept; it is made when it is not there.
	Secret types.NamespacedName
	// Hosts are the names and addresses under which the server is reached.
	Hosts []string
	// Connect makes a client. It is called each time, since a kubeconfig may have been renewed.
	Connect func() (coreclient.SecretsGetter, error)
	Bundles Bundles
	// Follow calls changed when the Secret or the bundles may have changed, until the context ends. What it misses is found
	// within a minute.
	Follow func(ctx context.Context, changed func())
	// Observe is told how each look at the Secret ended.
	Observe func(error)
	Log     *slog.Logger

	now        func() time.Time
	lives      lifetimes
	reached    func(point string) // a test stops here
	served     atomic.Pointer[served]
	remembered atomic.Pointer[state]
	announced  []byte    // the bundle that was published last
	since      time.Time // when all bundles were first seen to hold the next authority; zero: they do not
}

// served is what a replica serves, and the authority that has signed it.
type served struct {
	*leaf
	issuer *x509.Certificate
}

const (
	// lookEvery is how often everything is compared though nothing was told: also timers that stood still with a
	// suspended machine are found late by no more.
	lookEvery = time.Minute
	// lookAgain is how soon it is tried again after it failed, and settling how soon when only time has to pass.
	lookAgain = 2 * time.Second
	settling  = time.Second
	// roundTakes bounds how long it waits for an API server that does not answer.
	roundTakes = 30 * time.Second
	// movesAtOnce is more than there can be to do at a time. Beyond it somebody writes against us.
	movesAtOnce = 20
)

// Serving serves what the Secret holds. Until it was read there is nothing to serve.
func (r *Rotation) Serving() *Serving {
	if r.now == nil {
		r.now, r.lives, r.reached = time.Now, usual, func(string) {}
	}
	return &Serving{Get: r.get, Run: r.run, Ends: r.ends}
}

func (r *Rotation) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	served := r.served.Load()
	if served == nil {
		return nil, errors.New("there is no serving certificate yet")
	}
	return served.tls, nil
}

func (r *Rotation) ends() map[string]time.Time {
	ends := map[string]time.Time{}
	if served := r.served.Load(); served != nil {
		ends["leaf"] = served.tls.Leaf.NotAfter
	}
	if s := r.remembered.Load(); s != nil {
		for name, a := range map[string]*Authority{"ca": s.current, "next-ca": s.next} {
			if a != nil {
				ends[name] = a.cert.NotAfter
			}
		}
	}
	return ends
}

func (r *Rotation) run(ctx context.Context) error {
	wake := make(chan struct{}, 1)
	go r.Follow(ctx, func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	})
	failing := ""
	for {
		wait, err := r.boundedRound(ctx)
		if ctx.Err() != nil {
			return nil
		}
		r.Observe(err)
		switch {
		case err != nil && err.Error() != failing:
			r.Log.Error("the serving certificate cannot be kept up to date", "secret", r.Secret.String(), "error", err)
		case err == nil && failing != "":
			r.Log.Info("the serving certificate is up to date again", "secret", r.Secret.String())
		}
		if failing = ""; err != nil {
			failing, wait = err.Error(), lookAgain
		}
		select {
		case <-ctx.Done():
			return nil
		case <-wake:
		case <-time.After(wait):
		}
	}
}
