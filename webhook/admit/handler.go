package admit

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	admissionv1 "k8s.io/api/admission/v1"
	admissionregv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/jsonbody"
)

// MaxBody bounds a request. The API server takes objects of up to 3 MiB, and a review of an update holds two of them.
const MaxBody = 7 << 20

// Outcome is what became of a request, for metrics.
type Outcome string

// Outcomes of a request.
const (
	Allowed     Outcome = "allowed"
	Refused     Outcome = "refused"
	TooComplex  Outcome = "too_complex" // refused, since it could not be decided with bounded work
	Warned      Outcome = "warned"      // would be refused, but the check only warns
	Audited     Outcome = "audited"     // would be refused, but the check only audits
	Malformed   Outcome = "malformed"
	Unavailable Outcome = "unavailable"
)

// Outcomes lists them all.
var Outcomes = []Outcome{Allowed, Refused, TooComplex, Warned, Audited, Malformed, Unavailable}

// Handler answers the AdmissionReviews of one guard, either those that may change the object or those that judge it.
type Handler struct {
	Guard     Guard
	Mutating  bool
	Modes     Modes
	Snapshots policy.Holder
	// Observe is told of each request. Nil means nobody listens.
	Observe func(Outcome, time.Duration)
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	outcome := Unavailable // unless it gets better, also when a check panics
	defer func() {
		if h.Observe != nil {
			h.Observe(outcome, time.Since(start))
		}
	}()
	snap := h.Snapshots.Load()
	if snap == nil {
		http.Error(w, "no policy has been loaded yet", http.StatusServiceUnavailable)
		return
	}
	request, failure := h.read(w, r)
	if failure != nil {
		outcome = Malformed
		failure.Refuse(w)
		return
	}
	question := &Question{Snapshot: snap, Request: request, Now: start,
		Who: policy.Subject{Name: request.UserInfo.Username, Groups: request.UserInfo.Groups}}
	var response *admissionv1.AdmissionResponse
	said := h.judge(question)
	response, outcome = said.respond(request)
	response.UID = request.UID
	jsonbody.Write(w, mustMarshal(admissionv1.AdmissionReview{TypeMeta: reviewType, Response: response}))
}

var reviewType = metav1.TypeMeta{APIVersion: admissionv1.SchemeGroupVersion.String(), Kind: "AdmissionReview"}

// read decodes the request, or says what is wrong with it.
func (h *Handler) read(w http.ResponseWriter, r *http.Request) (*admissionv1.AdmissionRequest, *jsonbody.Error) {
	body, failure := jsonbody.Read(w, r, MaxBody)
	if failure != nil {
		return nil, failure
	}
	var review admissionv1.AdmissionReview
	if err := json.Unmarshal(body, &review); err != nil {
		return nil, jsonbody.Bad("body is not an AdmissionReview: %v", err)
	}
	switch req := review.Request; {
	case review.TypeMeta != reviewType:
		return nil, jsonbody.Bad("body is %q of %q, want %s of %s", review.Kind, review.APIVersion, reviewType.Kind, reviewType.APIVersion)
	case req == nil || req.UID == "":
		return nil, jsonbody.Bad("request.uid is required")
	case h.Guard.ruleFor(req) == nil:
		return nil, jsonbody.Bad("guard %s does not judge %s of %q in group %q: its webhook configuration is wrong",
			h.Guard.Name, req.Operation, req.Resource.Resource, req.Resource.Group)
	default:
		return req, nil
	}
}

// ruleFor is the rule of the guard that names the request, or nil.
func (g *Guard) ruleFor(req *admissionv1.AdmissionRequest) *admissionregv1.RuleWithOperations {
	for i := range g.Rules {
		rule := &g.Rules[i]
		if slices.Contains(rule.APIGroups, req.Resource.Group) && slices.Contains(rule.Resources, req.Resource.Resource) &&
			slices.ContainsFunc(rule.Operations, func(op admissionregv1.OperationType) bool { return string(op) == string(req.Operation) }) {
			return rule
		}
	}
	return nil
}

// judge asks the guard. A refusal that is enforced ends it.
func (h *Handler) judge(q *Question) answer {
	var a answer
	if h.Mutating {
		a.add(h.Guard.Mutate(q), h.Modes.of(h.Guard.Name, ""))
		return a
	}
	for _, check := range h.Guard.Checks {
		a.add(check.Judge(q), h.Modes.of(h.Guard.Name, check.Name))
		if a.Refusal != nil {
			break
		}
	}
	return a
}

func mustMarshal(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("encoding an answer: %v", err)) // it holds nothing that cannot be encoded
	}
	return data
}
