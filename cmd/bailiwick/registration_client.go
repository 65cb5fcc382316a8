package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
	admissionclient "k8s.io/client-go/kubernetes/typed/admissionregistration/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// keepRegistered returns what keeps the webhooks of the cluster that is served up to date with what a feed compiles. It
// has nothing to do when that cluster is not followed, or when it was asked not to.
func keepRegistered(c *config, f *feed, reg prometheus.Registerer, log *slog.Logger) func(context.Context) error {
	if c.LeaveWebhooks || c.Kubeconfig == "" && !c.InCluster {
		return func(context.Context) error { return nil }
	}
	connect := func() (admissionclient.AdmissionregistrationV1Interface, error) { return admissionClient(c.Kubeconfig) }
	r := newRegistration(connect, f, reg, log)
	changes := changesOf(f)
	return func(ctx context.Context) error { return r.Run(ctx, changes) }
}

// admissionClient connects with a kubeconfig, or without one to the cluster in which this runs as a pod.
func admissionClient(kubeconfig string) (admissionclient.AdmissionregistrationV1Interface, error) {
	config, err := rest.InClusterConfig()
	if kubeconfig != "" {
		config, err = clientcmd.NewNonInteractiveDeferredLoadingClientConfig(&clientcmd.ClientConfigLoadingRules{ExplicitPath: kubeconfig}, nil).ClientConfig()
	}
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig to register webhooks: %w", err)
	}
	config.UserAgent = "bailiwick/" + buildVersion()
	client, err := admissionclient.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("connecting to register webhooks: %w", err)
	}
	return client, nil
}

// changesOf sends after a feed has put a snapshot in force; what nobody has received yet is not sent twice.
func changesOf(f *feed) <-chan struct{} {
	changes := make(chan struct{}, 1)
	before := f.told
	f.told = func(snap *policy.Snapshot, bundle *policy.Bundle, problems []policy.Problem) {
		if before != nil {
			before(snap, bundle, problems)
		}
		select {
		case changes <- struct{}{}:
		default:
		}
	}
	return changes
}
