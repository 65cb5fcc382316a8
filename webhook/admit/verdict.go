package admit

import (
	"fmt"
	"net/http"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Verdict is what a check says. The zero value is "allowed, unchanged".
type Verdict struct {
	// Refusal is nil when the write is allowed.
	Refusal *Refusal
	// Warnings are shown to the user either way.
	Warnings []string
	// Patch changes the object; only a guard's Mutate may set it.
	Patch []PatchOp
}

// Refusal says why a write is refused.
type Refusal struct {
	// Reason is Forbidden (403: the user may not) or Invalid (422: nobody should).
	Reason  metav1.StatusReason
	Message string
	// Causes name the fields of an invalid object.
	Causes []metav1.StatusCause
	// TooComplex says that nobody knows whether the write is wrong: to decide it would have cost too much.
	TooComplex bool
}

// PatchOp is one operation of a JSON patch (RFC 6902).
type PatchOp struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value,omitempty"`
}

func warn(format string, args ...any) Verdict {
	return Verdict{Warnings: []string{fmt.Sprintf(format, args...)}}
}

func forbid(format string, args ...any) Verdict {
	return Verdict{Refusal: &Refusal{Reason: metav1.StatusReasonForbidden, Message: fmt.Sprintf(format, args...)}}
}

// invalid refuses a value that is wrong whoever writes it.
func invalid(field, format string, args ...any) Verdict {
	return invalidCauses(metav1.StatusCause{
		Type:    metav1.CauseTypeFieldValueInvalid,
		Field:   field,
		Message: fmt.Sprintf(format, args...),
	})
}

func invalidCauses(causes ...metav1.StatusCause) Verdict {
	var lines []string
	for _, c := range causes {
		line := c.Message
		if c.Field != "" {
			line = c.Field + ": " + line
		}
		lines = append(lines, line)
	}
	return Verdict{Refusal: &Refusal{
		Reason:  metav1.StatusReasonInvalid,
		Message: strings.Join(lines, "; "),
		Causes:  causes,
	}}
}

// status is the refusal as the API server passes it on to the user. kubectl prints the causes of what is invalid under
// the name of the object.
func (r *Refusal) status(object metav1.StatusDetails) *metav1.Status {
	code := int32(http.StatusForbidden)
	if r.Reason == metav1.StatusReasonInvalid {
		code = http.StatusUnprocessableEntity
	}
	s := &metav1.Status{Status: metav1.StatusFailure, Reason: r.Reason, Code: code, Message: r.Message}
	if len(r.Causes) > 0 {
		object.Causes = r.Causes
		s.Details = &object
	}
	return s
}
