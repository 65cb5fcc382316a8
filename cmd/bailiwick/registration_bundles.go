package main

import (
	"context"

	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// Publish makes every webhook of ours trust a bundle. Only who has just read what is to be trusted does it: a replica
// that goes by what it once knew would take out what others have put in.
func (r *registration) Publish(ctx context.Context, bundle []byte) error {
	return r.reconcile(ctx, bundle)
}

// Held is what the registered webhooks of ours trust, in configurations that carry our label.
func (r *registration) Held(ctx context.Context) ([][]byte, error) {
	api, err := r.connect()
	if err != nil {
		return nil, err
	}
	found, err := listConfigurations(ctx, api, labelled, mutatingKind, validatingKind)
	if err != nil {
		return nil, err
	}
	var held [][]byte
	for _, c := range found {
		for _, client := range c.clients() {
			if admit.Asked(r.guards, client) {
				held = append(held, client.CABundle)
			}
		}
	}
	return held, nil
}
