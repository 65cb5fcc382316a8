package wired

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	authzv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/bailiwick-dev/bailiwick/webhook"
)

// NewServer prepares a bailiwick process that no kube-apiserver asks: only Ask does. Its files go below dir. The flags
// in Args say where its policy is, or PolicyDir does.
func NewServer(o Options, dir string) (*Server, error) {
	pki, err := newPKI()
	if err != nil {
		return nil, err
	}
	return newServer(&o, dir, pki)
}

// clientTLS shows the certificate that the server expects from kube-apiserver.
func (p *pki) clientTLS() (*tls.Config, error) {
	pair, err := tls.X509KeyPair(p.client.Cert, p.client.Key)
	if err != nil {
		return nil, fmt.Errorf("reading the client's certificate: %w", err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(p.serverCA.PEM())
	return &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}

// Ask sends a SubjectAccessReview as kube-apiserver would. Anything but an answer is an error.
func (s *Server) Ask(ctx context.Context, spec authzv1.SubjectAccessReviewSpec) (authzv1.SubjectAccessReviewStatus, error) {
	review := authzv1.SubjectAccessReview{
		TypeMeta: metav1.TypeMeta{APIVersion: authzv1.SchemeGroupVersion.String(), Kind: "SubjectAccessReview"}, Spec: spec,
	}
	body, err := json.Marshal(review)
	if err != nil {
		return review.Status, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+s.address+webhook.AuthorizePath, bytes.NewReader(body))
	if err != nil {
		return review.Status, err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.client.Do(req)
	if err != nil {
		return review.Status, err
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	answer, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", resp.Status, answer)
	}
	if err == nil {
		err = json.Unmarshal(answer, &review)
	}
	return review.Status, err
}
