package admit

import (
	"strings"

	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// answer is what the checks of a guard say together, each in its mode.
type answer struct {
	Verdict
	warned bool
	audits []string
}

func (a *answer) add(v Verdict, mode Mode) {
	a.Warnings = append(a.Warnings, v.Warnings...)
	switch {
	case v.Refusal == nil:
		a.Patch = v.Patch
	case mode == Warn:
		a.warned = true
		a.Warnings = append(a.Warnings, "would be refused: "+v.Refusal.Message)
	case mode == Audit:
		a.audits = append(a.audits, v.Refusal.Message)
	default:
		a.Refusal = v.Refusal
	}
}

// respond is the answer as the API server takes it. What would be refused stands in the audit log whatever else happens.
func (a *answer) respond(req *admissionv1.AdmissionRequest) (*admissionv1.AdmissionResponse, Outcome) {
	resp := &admissionv1.AdmissionResponse{Allowed: a.Refusal == nil, Warnings: a.Warnings}
	if len(a.audits) > 0 {
		resp.AuditAnnotations = map[string]string{"would-refuse": strings.Join(a.audits, "; ")}
	}
	if a.Refusal != nil {
		resp.Result = a.Refusal.status(metav1.StatusDetails{Group: req.Kind.Group, Kind: req.Kind.Kind, Name: req.Name})
	} else if len(a.Patch) > 0 {
		resp.PatchType = new(admissionv1.PatchTypeJSONPatch)
		resp.Patch = mustMarshal(a.Patch)
	}
	return resp, a.outcome()
}

func (a *answer) outcome() Outcome {
	switch {
	case a.Refusal != nil && a.Refusal.TooComplex:
		return TooComplex
	case a.Refusal != nil:
		return Refused
	case a.warned:
		return Warned
	case len(a.audits) > 0:
		return Audited
	default:
		return Allowed
	}
}
