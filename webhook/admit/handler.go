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

// Outcome is what became of a request, for metrics: allowed, refused, warned, audited, malformed, unavailable.
type Outcome string

// Outcomes of a request.
const (
	Allowed     Outcome = "allowed"
	Refused     Outcome = "refused"
	Warned      Outcome = "warned"  // would be refused, but the guard only warns
	Audited     Outcome = "audited" // would be refused, but the guard only audits
	Malformed   Outcome = "malformed"
	Unavailable Outcome = "unavailable"
)

// Outcomes lists them all.
var Outcomes = []Outcome{Allowed, Refused, Warned, Audited, Malformed, Unavailable}

// Handler answers the AdmissionReviews of one guard, either those that may change the object or those that judge it.
type Handler struct {
	Guard     Guard
	Mutating  bool
	Mode      Mode
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
	response, outcome = h.respond(h.judge(question), request)
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
	case !h.judges(req):
		return nil, jsonbody.Bad("guard %s does not judge %s of %q in group %q: its webhook configuration is wrong",
			h.Guard.Name, req.Operation, req.Resource.Resource, req.Resource.Group)
	default:
		return req, nil
	}
}

// judges says whether the request is one of those that the guard's rules name.
func (h *Handler) judges(req *admissionv1.AdmissionRequest) bool {
	for _, rule := range h.Guard.Rules {
		if slices.Contains(rule.APIGroups, req.Resource.Group) && slices.Contains(rule.Resources, req.Resource.Resource) &&
			slices.ContainsFunc(rule.Operations, func(op admissionregv1.OperationType) bool { return string(op) == string(req.Operation) }) {
			return true
		}
	}
	return false
}

// judge asks the guard.
func (h *Handler) judge(q *Question) Verdict {
	if h.Mutating {
		return h.Guard.Mutate(q)
	}
	var all Verdict
	for _, check := range h.Guard.Checks {
		v := check(q)
		all.Warnings = append(all.Warnings, v.Warnings...)
		if v.Refusal != nil {
			all.Refusal = v.Refusal
			break
		}
	}
	return all
}

// respond turns a verdict into the answer that the guard's mode gives.
func (h *Handler) respond(v Verdict, req *admissionv1.AdmissionRequest) (*admissionv1.AdmissionResponse, Outcome) {
	resp := &admissionv1.AdmissionResponse{Allowed: true, Warnings: v.Warnings}
	if v.Refusal == nil {
		if len(v.Patch) > 0 {
			resp.PatchType = new(admissionv1.PatchTypeJSONPatch)
			resp.Patch = mustMarshal(v.Patch)
		}
		return resp, Allowed
	}
	switch h.Mode {
	case Warn:
		resp.Warnings = append(resp.Warnings, "would be refused: "+v.Refusal.Message)
		return resp, Warned
	case Audit:
		resp.AuditAnnotations = map[string]string{"would-refuse": v.Refusal.Message}
		return resp, Audited
	case Enforce:
	}
	resp.Allowed = false
	resp.Result = v.Refusal.status(metav1.StatusDetails{Group: req.Kind.Group, Kind: req.Kind.Kind, Name: req.Name})
	return resp, Refused
}

func mustMarshal(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("encoding an answer: %v", err)) // it holds nothing that cannot be encoded
	}
	return data
}
