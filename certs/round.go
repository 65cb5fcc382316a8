package certs

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// boundedRound ends also when the API server does not answer.
func (r *Rotation) boundedRound(ctx context.Context) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, roundTakes)
	defer cancel()
	return r.round(ctx)
}

// round makes every move that is due, and says how soon to look again.
func (r *Rotation) round(ctx context.Context) (time.Duration, error) {
	var refused error
	for range movesAtOnce {
		v, secret, err := r.look(ctx)
		if err != nil {
			return 0, err
		}
		v.refused = refused
		r.adopt(v, v.everywhere(v.current))
		m := nextMove(v)
		switch {
		case m == nil && v.rotate != "" && v.rotate != RotateLeaf && v.rotate != RotateCA:
			return 0, fmt.Errorf("annotation %s of the Secret is %q: it takes %s or %s", RotateAnnotation, v.rotate, RotateLeaf, RotateCA)
		case m == nil && v.turning() && refused == nil:
			return settling, nil
		case m == nil:
			return lookEvery, refused
		case m.change == nil:
			if refused = r.Bundles.Publish(ctx, v.bundle()); refused == nil {
				r.announced = v.bundle()
			}
		default:
			err = r.write(ctx, secret, v, m)
		}
		if err != nil {
			return 0, err
		}
		r.reached(m.did)
	}
	return 0, errors.New("nothing stays as it was written: does somebody else write the Secret or the CA bundles of the webhooks?")
}

// look reads the Secret and the bundles.
func (r *Rotation) look(ctx context.Context) (*view, *corev1.Secret, error) {
	api, err := r.Connect()
	if err != nil {
		return nil, nil, err
	}
	secret, err := api.Secrets(r.Secret.Namespace).Get(ctx, r.Secret.Name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		secret = &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: r.Secret.Namespace, Name: r.Secret.Name}, Type: corev1.SecretTypeTLS}
	case err != nil:
		return nil, nil, fmt.Errorf("reading the Secret of the serving certificate: %w", err)
	}
	v := &view{state: parseState(secret), lifetimes: r.lives, now: r.now(), hosts: r.Hosts,
		announced: r.announced, served: r.served.Load(), remembered: r.remembered.Load()}
	if v.held, err = r.Bundles.Held(ctx); err != nil {
		v.refused = err
		r.adopt(v, false)
		return nil, nil, err
	}
	if v.current.usable(v.now) {
		stored := *v.state
		r.remembered.Store(&stored)
	}
	v.settled = r.settle(v)
	r.reached("looked")
	return v, secret, nil
}

// settle says whether all bundles have held the next authority for long enough.
func (r *Rotation) settle(v *view) bool {
	if !v.everywhere(v.next) {
		r.since = time.Time{}
		return false
	}
	if r.since.IsZero() {
		r.since = v.now
	}
	return v.now.Sub(r.since) >= v.settle
}

// adopt serves the certificate of the Secret if it is trusted. When a bundle cannot be brought to trust it, a replica
// that has nothing else serves it all the same: the other bundles may.
func (r *Rotation) adopt(v *view, trusted bool) {
	if v.leaf == nil || v.served != nil && v.served.tls.Leaf.Equal(v.leaf.tls.Leaf) {
		return
	}
	if !v.current.usable(v.now) || !within(v.leaf.tls.Leaf, v.now) || v.leaf.tls.Leaf.CheckSignatureFrom(v.current.cert) != nil {
		return
	}
	if !trusted && (v.serving() || v.refused == nil) {
		return
	}
	v.served = &served{v.leaf, v.current.cert}
	r.served.Store(v.served)
	cert := v.leaf.tls.Leaf
	r.Log.Info("serving a certificate", "serial", cert.SerialNumber.Text(16), "names", namesOf(cert), "until", cert.NotAfter.Format(time.RFC3339), "issuer", cert.Issuer.CommonName)
	r.reached("adopted")
}

// write makes a move in the Secret. When somebody else was faster nothing is written, and nothing lost.
func (r *Rotation) write(ctx context.Context, secret *corev1.Secret, v *view, m *move) error {
	if err := m.change(v); err != nil {
		return err
	}
	v.store(secret)
	api, err := r.Connect()
	if err != nil {
		return err
	}
	if secret.ResourceVersion == "" {
		_, err = api.Secrets(secret.Namespace).Create(ctx, secret, metav1.CreateOptions{})
	} else {
		_, err = api.Secrets(secret.Namespace).Update(ctx, secret, metav1.UpdateOptions{})
	}
	switch {
	case apierrors.IsAlreadyExists(err), apierrors.IsConflict(err), apierrors.IsNotFound(err) && secret.ResourceVersion != "":
		return nil
	case err != nil:
		return fmt.Errorf("writing the Secret of the serving certificate: %w", err)
	}
	r.Log.Info(m.did, "secret", r.Secret.String())
	return nil
}
