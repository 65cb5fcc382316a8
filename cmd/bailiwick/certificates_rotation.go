package main

import (
	"context"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/watch"
	coreclient "k8s.io/client-go/kubernetes/typed/core/v1"

	"github.com/bailiwick-dev/bailiwick/certs"
)

// newRotation returns what keeps the serving certificate in a Secret, or nil when it comes from somewhere else.
func newRotation(c *config, s *setup, bundles *registration, reg prometheus.Registerer, log *slog.Logger) *certs.Rotation {
	if c.CertSecret == "" {
		return nil
	}
	stale := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "bailiwick_certificates_stale",
		Help: "1 while the Secret of the serving certificate, or the CA bundles of the registered webhooks, cannot be brought up to date.",
	})
	reg.MustRegister(stale)
	r := &certs.Rotation{
		Secret:  s.certSecret,
		Hosts:   s.hosts,
		Connect: func() (coreclient.SecretsGetter, error) { return coreClient(c.Kubeconfig) },
		Bundles: nobodys{},
		Observe: func(err error) {
			stale.Set(0)
			if err != nil {
				stale.Set(1)
			}
		},
		Log: log,
	}
	if bundles != nil {
		r.Bundles = bundles
	}
	r.Follow = func(ctx context.Context, changed func()) {
		if bundles != nil {
			go bundles.followRegistered(ctx, changed)
		}
		follow(ctx, func(ctx context.Context) (watch.Interface, error) {
			api, err := r.Connect()
			if err != nil {
				return nil, err
			}
			named := fields.OneTermEqualSelector(metav1.ObjectNameField, s.certSecret.Name).String()
			return api.Secrets(s.certSecret.Namespace).Watch(ctx, metav1.ListOptions{FieldSelector: named})
		}, changed)
	}
	return r
}

// nobodys are the bundles with --leave-webhooks: whoever registers webhooks cares for them.
type nobodys struct{}

func (nobodys) Held(context.Context) ([][]byte, error) { return nil, nil }
func (nobodys) Publish(context.Context, []byte) error  { return nil }
