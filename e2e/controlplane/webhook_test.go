package controlplane

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	admissionv1 "k8s.io/api/admission/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// webhook is the smallest thing kube-apiserver can ask: it lets alice and the tenant's service account read ConfigMaps,
// refuses to store whatever is named "refused", and remembers who asked what.
type webhook struct {
	server  *httptest.Server
	serving *authority
	clients *authority

	mu       sync.Mutex
	asked    map[string]int // authorization: by user
	reviewed map[string]int // admission: by name of the client certificate
}

func newWebhook(t *testing.T) *webhook {
	w := &webhook{
		serving: newAuthority(t, "serving"), clients: newAuthority(t, "clients"),
		asked: map[string]int{}, reviewed: map[string]int{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /authorize", w.authorize)
	mux.HandleFunc("POST /validate", w.validate)
	w.server = httptest.NewUnstartedServer(mux)
	w.server.TLS = w.serving.mutualTLS(w.clients)
	w.server.EnableHTTP2 = true
	w.server.StartTLS()
	t.Cleanup(w.server.Close)
	return w
}

func (w *webhook) authorizer() *Webhook {
	cert, key := w.clients.issue("apiserver-authorization")
	return &Webhook{URL: w.server.URL + "/authorize", CA: w.serving.pem(), ClientCert: cert, ClientKey: key}
}

func (w *webhook) admission() *AdmissionClient {
	cert, key := w.clients.issue("apiserver-admission")
	return &AdmissionClient{Hosts: []string{strings.TrimPrefix(w.server.URL, "https://")}, Cert: cert, Key: key}
}

func (w *webhook) authorize(rw http.ResponseWriter, r *http.Request) {
	var review authorizationv1.SubjectAccessReview
	if err := json.NewDecoder(r.Body).Decode(&review); err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	w.count(w.asked, review.Spec.User)
	tenant := review.Spec.User == "alice" || review.Spec.User == "system:serviceaccount:tenants:eng"
	attributes := review.Spec.ResourceAttributes
	review.Status.Allowed = tenant && attributes != nil && attributes.Resource == "configmaps"
	_ = json.NewEncoder(rw).Encode(review)
}

func (w *webhook) validate(rw http.ResponseWriter, r *http.Request) {
	var review admissionv1.AdmissionReview
	if err := json.NewDecoder(r.Body).Decode(&review); err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	w.count(w.reviewed, r.TLS.PeerCertificates[0].Subject.CommonName)
	review.Response = &admissionv1.AdmissionResponse{
		UID: review.Request.UID, Allowed: review.Request.Name != "refused", Result: &metav1.Status{Message: "by name"},
	}
	_ = json.NewEncoder(rw).Encode(review)
}

func (w *webhook) count(counts map[string]int, who string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	counts[who]++
}

func (w *webhook) counted(counts map[string]int, who string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return counts[who]
}
