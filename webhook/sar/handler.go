// Package sar speaks SubjectAccessReview: it turns the HTTP request of kube-apiserver's authorization webhook into a
// question for an authorizer, and the decision into the answer. It knows nothing of what decides.
//
// What kube-apiserver does with each answer (measured with its own client): 500, 429 or any Retry-After is tried five
// times over more than four seconds; 400 and 503 are not retried and lead to its failurePolicy; "no opinion" goes on to
// the next authorizer and is cached; a denial is final and cached. Hence 4xx for what is malformed, 503 for "not ready",
// and a denial only when policy says so. A panic is left to the server, which answers 503 too.
package sar

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	authzv1 "k8s.io/api/authorization/v1"
	"k8s.io/apiserver/pkg/authorization/authorizer"

	"github.com/bailiwick-dev/bailiwick/webhook/jsonbody"
)

// MaxBody bounds a request. kube-apiserver sends about 650 bytes; what a caller controls (path, selectors, extra) is
// bounded there by request header and URL limits of about 1 MiB, and real reviews with hundreds of groups stay below
// 64 KiB. 256 KiB leaves room and bounds what a client can make us hold.
const MaxBody = 256 << 10

// Outcome is what became of a request, for metrics: allowed, denied, no_opinion, malformed, unavailable.
type Outcome string

// Outcomes of a request.
const (
	Allowed     Outcome = "allowed"
	Denied      Outcome = "denied"
	NoOpinion   Outcome = "no_opinion"
	Malformed   Outcome = "malformed"
	Unavailable Outcome = "unavailable"
)

// Outcomes lists them all.
var Outcomes = []Outcome{Allowed, Denied, NoOpinion, Malformed, Unavailable}

// Handler answers POST requests with a SubjectAccessReview in the body.
type Handler struct {
	Authorizer authorizer.Authorizer
	// Ready says whether a policy is in force. Until then requests get 503. Nil means always.
	Ready func() bool
	// Observe is told of each request. Nil means nobody listens.
	Observe func(Outcome, time.Duration)
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	outcome := Unavailable // unless it gets better, also when the authorizer panics
	defer func() {
		if h.Observe != nil {
			h.Observe(outcome, time.Since(start))
		}
	}()
	if h.Ready != nil && !h.Ready() {
		http.Error(w, "no policy has been loaded yet", http.StatusServiceUnavailable)
		return
	}
	review, failure := read(w, r)
	if failure != nil {
		outcome = Malformed
		failure.Refuse(w)
		return
	}
	var body []byte
	outcome, body = h.answer(r, review)
	jsonbody.Write(w, body)
}

// read decodes the request, or says what is wrong with it.
func read(w http.ResponseWriter, r *http.Request) (*review, *jsonbody.Error) {
	body, failure := jsonbody.Read(w, r, MaxBody)
	if failure != nil {
		return nil, failure
	}
	rev, err := decode(body)
	if err != nil {
		return nil, jsonbody.Bad("%v", err)
	}
	return rev, nil
}

// answer asks the authorizer. Its error is told in the reason, where people see it: kube-apiserver reads no other field.
func (h *Handler) answer(r *http.Request, rev *review) (Outcome, []byte) {
	attributes := rev.attributes()
	decision, reason, err := h.Authorizer.Authorize(r.Context(), &attributes)
	status := authzv1.SubjectAccessReviewStatus{Reason: reason}
	switch {
	case err != nil && reason == "":
		status.Reason = "could not decide: " + err.Error()
	case err != nil:
		status.Reason = reason + "; not everything could be decided: " + err.Error()
	}
	outcome := NoOpinion
	switch decision {
	case authorizer.DecisionAllow:
		status.Allowed, outcome = true, Allowed
	case authorizer.DecisionDeny:
		status.Denied, outcome = true, Denied
	case authorizer.DecisionNoOpinion:
	}
	body, err := json.Marshal(answer{Kind: kind, APIVersion: rev.APIVersion, Status: status})
	if err != nil {
		panic(fmt.Sprintf("encoding the answer: %v", err)) // strings and booleans always encode
	}
	return outcome, body
}
