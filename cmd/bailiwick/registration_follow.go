package main

import (
	"context"
	"time"

	"k8s.io/apimachinery/pkg/watch"
	admissionclient "k8s.io/client-go/kubernetes/typed/admissionregistration/v1"
)

// followRegistered calls changed when a webhook configuration that carries our label may have changed.
func (r *registration) followRegistered(ctx context.Context, changed func()) {
	open := func(kind func(context.Context, admissionclient.AdmissionregistrationV1Interface) (watch.Interface, error)) {
		follow(ctx, func(ctx context.Context) (watch.Interface, error) {
			api, err := r.connect()
			if err != nil {
				return nil, err
			}
			return kind(ctx, api)
		}, changed)
	}
	if r.certified {
		go open(func(ctx context.Context, api admissionclient.AdmissionregistrationV1Interface) (watch.Interface, error) {
			return api.MutatingWebhookConfigurations().Watch(ctx, labelled)
		})
	}
	open(func(ctx context.Context, api admissionclient.AdmissionregistrationV1Interface) (watch.Interface, error) {
		return api.ValidatingWebhookConfigurations().Watch(ctx, labelled)
	})
}

// follow calls changed for each event of a watch, which is opened again when it ends. It tells of no errors: whoever
// uses it compares from time to time.
func follow(ctx context.Context, open func(context.Context) (watch.Interface, error), changed func()) {
	for ctx.Err() == nil {
		if w, err := open(ctx); err == nil {
			for range w.ResultChan() {
				changed()
			}
			w.Stop()
		}
		select {
		case <-ctx.Done():
		case <-time.After(tryAgain):
		}
	}
}

// trySend sends to who waits, or will soon.
func trySend(changes chan<- struct{}) {
	select {
	case changes <- struct{}{}:
	default: // what was sent before was not received yet
	}
}
