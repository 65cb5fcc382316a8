package cluster_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	authzv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/bailiwick-dev/bailiwick/e2e/load"
	"github.com/bailiwick-dev/bailiwick/webhook"
)

const (
	perSecond = 600
	// enoughRequests and enoughWrites are asked in any case, so that nothing that follows an event by seconds is missed,
	// as the end of the old pods is.
	enoughRequests = 10_000
	enoughWrites   = 300
)

// underLoad goes on asking while something happens and for a while after. Nothing may fail.
//
// Where Services can be reached from here the server is asked as kube-apiserver asks it, by clients that trust what is
// registered and nothing else. Everywhere kube-apiserver asks it too: the tenant writes profiles.
func (c *target) underLoad(t *testing.T, happens func(t *testing.T)) {
	t.Helper()
	profiles, inside := c.profiles(t, foo), profile(t, "inside")
	writes := load.Every(t, 50*time.Millisecond, 1, func(ctx context.Context, _ int) error {
		_, err := profiles.Create(ctx, inside, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		return err
	})
	requests := &load.Asking{Steady: &load.Steady{}}
	if c.dial != nil {
		requests = load.Ask(t, perSecond, c.serviceTarget(t), mayCreateProfiles(t))
	}
	happens(t)
	for writes.Answered.Load() < enoughWrites || c.dial != nil && requests.Answered.Load() < enoughRequests {
		time.Sleep(100 * time.Millisecond)
	}
	rate := requests.Rate()
	require.Empty(t, requests.Stop())
	require.Empty(t, writes.Stop())
	t.Logf("%d requests, %.0f a second, and %d writes: none failed",
		requests.Answered.Load(), rate, writes.Answered.Load())
}

// mayCreateProfiles is a question to which the answer is that foo may.
func mayCreateProfiles(t *testing.T) load.Question {
	t.Helper()
	body, err := json.Marshal(authzv1.SubjectAccessReview{
		TypeMeta: metav1.TypeMeta{APIVersion: authzv1.SchemeGroupVersion.String(), Kind: "SubjectAccessReview"},
		Spec: authzv1.SubjectAccessReviewSpec{User: foo, ResourceAttributes: &authzv1.ResourceAttributes{
			Verb: "create", Group: "config.projectsveltos.io", Version: "v1beta1", Resource: "clusterprofiles",
		}},
	})
	require.NoError(t, err)
	return load.Question{Path: webhook.AuthorizePath, Body: string(body), Want: `"allowed":true`}
}

// serviceTarget is the Service for every client, with what is registered as trusted.
func (c *target) serviceTarget(t *testing.T) func(int) load.Target {
	t.Helper()
	address, trust, own := net.JoinHostPort(c.service(t), "443"), c.followTrust(t), c.tls(t)
	return func(int) load.Target {
		conf := own.Clone()
		conf.RootCAs = trust.Load()
		return load.Target{Address: address, TLS: conf, Dial: c.dial}
	}
}

// tls is how kube-apiserver connects, with its certificate.
func (c *target) tls(t *testing.T) *tls.Config {
	t.Helper()
	identity := c.identity(t)
	pair, err := tls.X509KeyPair(identity.Cert.Data, identity.Key.Data)
	require.NoError(t, err)
	return &tls.Config{Certificates: []tls.Certificate{pair}, ServerName: serverName, MinVersion: tls.VersionTLS12}
}

// followTrust is what the registered webhooks trust, up to half a second ago: kube-apiservers learn of changes late.
func (c *target) followTrust(t *testing.T) *atomic.Pointer[x509.CertPool] {
	t.Helper()
	client := c.client(t).AdmissionregistrationV1().ValidatingWebhookConfigurations()
	trust := &atomic.Pointer[x509.CertPool]{}
	read := func(ctx context.Context) error {
		registered, err := client.Get(ctx, release, metav1.GetOptions{})
		if err != nil {
			return err
		}
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(registered.Webhooks[0].ClientConfig.CABundle)
		if now := trust.Load(); now == nil || !now.Equal(pool) {
			trust.Store(pool)
		}
		return nil
	}
	require.NoError(t, read(t.Context()))
	load.Every(t, 500*time.Millisecond, 1, func(ctx context.Context, _ int) error { return read(ctx) })
	return trust
}
