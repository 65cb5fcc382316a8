package main

import (
	"context"
	"crypto/x509"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"

	"github.com/bailiwick-dev/bailiwick/certs"
)

// storedCertificate is a Secret in which replicas keep their certificate.
type storedCertificate struct {
	name string
	certs.Stored
}

// checkCertificates looks at the Secrets in which replicas keep a certificate.
func (d *doctor) checkCertificates(ctx context.Context, say saying) {
	secrets, err := d.secrets(ctx)
	switch {
	case err != nil && d.config.CertSecret != "":
		say(statusError, "Secret "+d.config.CertSecret, err.Error(), "is a server running with this certSecret?")
	case err != nil:
		say(statusWarn, "Secrets of "+d.namespace, err.Error(), "what they hold is not looked at")
	}
	for i := range secrets {
		s, ok := certs.Inspect(&secrets[i])
		if !ok {
			continue
		}
		name := secrets[i].Namespace + "/" + secrets[i].Name
		d.stored = append(d.stored, storedCertificate{name, s})
		d.checkStored("Secret "+name, &s, time.Now(), say)
	}
	if err == nil && len(d.stored) == 0 {
		say(statusOK, "", "no Secret of "+d.namespace+" holds a certificate that servers renew themselves", "")
	}
}

func (d *doctor) secrets(ctx context.Context) ([]corev1.Secret, error) {
	if d.config.CertSecret != "" {
		at := d.setup.certSecret
		secret, err := d.api.CoreV1().Secrets(at.Namespace).Get(ctx, at.Name, metav1.GetOptions{})
		if err != nil {
			return nil, err
		}
		return []corev1.Secret{*secret}, nil
	}
	ofType := fields.OneTermEqualSelector("type", string(corev1.SecretTypeTLS)).String()
	list, err := d.api.CoreV1().Secrets(d.namespace).List(ctx, metav1.ListOptions{FieldSelector: ofType})
	if err != nil {
		return nil, err
	}
	return list.Items, nil
}

func (d *doctor) checkStored(object string, s *certs.Stored, now time.Time, say saying) {
	const healed = "a server that runs with it repairs it within a minute: look at its log"
	for _, part := range []struct {
		name string
		cert *x509.Certificate
	}{{"serving certificate", s.Leaf}, {"CA", s.CA}, {"next CA", s.NextCA}} {
		switch {
		case part.cert == nil:
			say(statusError, object, "its "+part.name+" is missing or cannot be used", healed)
		case now.After(part.cert.NotAfter):
			say(statusError, object, "its "+part.name+" expired on "+day(part.cert.NotAfter), healed)
		case part.cert == s.Leaf && now.After(certs.RenewalTime(s.Leaf).Add(time.Hour)):
			say(statusWarn, object, "its "+part.name+" should have been renewed on "+day(certs.RenewalTime(s.Leaf)), healed)
		default:
			say(statusOK, object, "its "+part.name+" is good until "+day(part.cert.NotAfter), "")
		}
	}
	if s.Rotate != "" {
		say(statusWarn, object, fmt.Sprintf("a new %s was asked for and is not there yet", s.Rotate), "it is done when every registered webhook trusts the next CA: look at the log of the server")
	}
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
