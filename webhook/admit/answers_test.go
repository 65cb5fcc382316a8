package admit_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

func TestAnswers(t *testing.T) {
	fine := admit.Verdict{}
	warned := admit.Verdict{Warnings: []string{"careful"}}
	forbidden := admit.Verdict{Refusal: &admit.Refusal{Reason: metav1.StatusReasonForbidden, Message: "not yours"}}
	invalid := admit.Verdict{Warnings: []string{"odd"}, Refusal: &admit.Refusal{Reason: metav1.StatusReasonInvalid, Message: "value: bad",
		Causes: []metav1.StatusCause{{Type: metav1.CauseTypeFieldValueInvalid, Field: "value", Message: "bad"}}}}
	const refusedForbidden = `"allowed":false,"status":{"metadata":{},"status":"Failure","message":"not yours","reason":"Forbidden","code":403}`
	const refusedInvalid = `"allowed":false,"status":{"metadata":{},"status":"Failure","message":"value: bad","reason":"Invalid",` +
		`"details":{"causes":[{"reason":"FieldValueInvalid","message":"bad","field":"value"}]},"code":422}`
	unsure := admit.Verdict{Refusal: &admit.Refusal{Reason: metav1.StatusReasonForbidden, Message: "not yours", TooComplex: true}}
	for name, tc := range map[string]struct {
		mode     admit.Mode
		verdicts []admit.Verdict
		want     string
		outcome  admit.Outcome
	}{
		"no check at all":                      {"", nil, `"allowed":true`, admit.Allowed},
		"warnings add up":                      {"", []admit.Verdict{warned, fine, warned}, `"allowed":true,"warnings":["careful","careful"]`, admit.Allowed},
		"without a mode refusals hold":         {"", []admit.Verdict{forbidden}, refusedForbidden, admit.Refused},
		"enforce: forbidden":                   {admit.Enforce, []admit.Verdict{fine, forbidden}, refusedForbidden, admit.Refused},
		"enforce: invalid, with its warning":   {admit.Enforce, []admit.Verdict{invalid}, refusedInvalid + `,"warnings":["odd"]`, admit.Refused},
		"the first refusal is the answer":      {admit.Enforce, []admit.Verdict{warned, forbidden, invalid}, refusedForbidden + `,"warnings":["careful"]`, admit.Refused},
		"warn":                                 {admit.Warn, []admit.Verdict{warned, invalid}, `"allowed":true,"warnings":["careful","odd","would be refused: value: bad"]`, admit.Warned},
		"audit":                                {admit.Audit, []admit.Verdict{invalid}, `"allowed":true,"auditAnnotations":{"would-refuse":"value: bad"},"warnings":["odd"]`, admit.Audited},
		"too complex is told apart":            {"", []admit.Verdict{unsure}, refusedForbidden, admit.TooComplex},
		"audit: all refusals stand in the log": {admit.Audit, []admit.Verdict{forbidden, invalid}, `"allowed":true,"auditAnnotations":{"would-refuse":"not yours; value: bad"},"warnings":["odd"]`, admit.Audited},
		"warn, with nothing to refuse":         {admit.Warn, []admit.Verdict{fine}, `"allowed":true`, admit.Allowed},
	} {
		t.Run(name, func(t *testing.T) {
			var told []admit.Outcome
			h := &admit.Handler{Guard: things(tc.verdicts...), Modes: admit.Modes{"things": tc.mode}, Snapshots: compile(t, "", policy.Options{}),
				Observe: func(o admit.Outcome, _ time.Duration) { told = append(told, o) }}
			w := post(h, "POST", "application/json; charset=utf-8", thing)
			require.Equal(t, http.StatusOK, w.Code)
			require.Equal(t, `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":"u1",`+tc.want+`}}`, w.Body.String())
			require.Equal(t, "application/json", w.Header().Get("Content-Type"))
			require.Equal(t, []admit.Outcome{tc.outcome}, told)
		})
	}
}

// A check may have another mode than its guard.
func TestModesOfChecks(t *testing.T) {
	refusal := func(message string) admit.Verdict {
		return admit.Verdict{Refusal: &admit.Refusal{Reason: metav1.StatusReasonForbidden, Message: message}}
	}
	const three = `"allowed":false,"status":{"metadata":{},"status":"Failure","message":"three","reason":"Forbidden","code":403}`
	for name, tc := range map[string]struct {
		modes   admit.Modes
		want    string
		outcome admit.Outcome
	}{
		"one warns, one audits, one holds": {admit.Modes{"things/rule-1": admit.Warn, "things/rule-2": admit.Audit},
			three + `,"auditAnnotations":{"would-refuse":"two"},"warnings":["would be refused: one"]`, admit.Refused},
		"the guard warns, one check holds": {admit.Modes{"things": admit.Warn, "things/rule-3": admit.Enforce},
			three + `,"warnings":["would be refused: one","would be refused: two"]`, admit.Refused},
		"one audits, the others warn": {admit.Modes{"things": admit.Warn, "things/rule-2": admit.Audit},
			`"allowed":true,"auditAnnotations":{"would-refuse":"two"},"warnings":["would be refused: one","would be refused: three"]`, admit.Warned},
		"those of another guard do not count": {admit.Modes{"things/rule-1": admit.Audit, "things/rule-2": admit.Audit, "others/rule-3": admit.Audit, "rule-3": admit.Audit},
			three + `,"auditAnnotations":{"would-refuse":"one; two"}`, admit.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			var told []admit.Outcome
			h := &admit.Handler{Guard: things(refusal("one"), refusal("two"), refusal("three")), Modes: tc.modes, Snapshots: compile(t, "", policy.Options{}), Observe: observed(&told)}
			require.Equal(t, `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":"u1",`+tc.want+`}}`, post(h, "POST", "application/json", thing).Body.String())
			require.Equal(t, []admit.Outcome{tc.outcome}, told)
		})
	}
}

// observed collects the outcomes that a handler tells of.
func observed(told *[]admit.Outcome) func(admit.Outcome, time.Duration) {
	return func(o admit.Outcome, _ time.Duration) { *told = append(*told, o) }
}

func TestPatch(t *testing.T) {
	g := things()
	g.Mutate = func(q *admit.Question) admit.Verdict {
		return admit.Verdict{Patch: []admit.PatchOp{{Op: "add", Path: "/metadata", Value: map[string]string{}}, {Op: "remove", Path: "/spec"}}}
	}
	h := &admit.Handler{Guard: g, Mutating: true, Snapshots: compile(t, "", policy.Options{})}
	// [{"op":"add","path":"/metadata","value":{}},{"op":"remove","path":"/spec"}] in base64
	const patch = "W3sib3AiOiJhZGQiLCJwYXRoIjoiL21ldGFkYXRhIiwidmFsdWUiOnt9fSx7Im9wIjoicmVtb3ZlIiwicGF0aCI6Ii9zcGVjIn1d"
	require.Equal(t, `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":"u1","allowed":true,"patch":"`+patch+`","patchType":"JSONPatch"}}`,
		post(h, "POST", "application/json", thing).Body.String())
}

func TestRefusedMutationChangesNothing(t *testing.T) {
	g := things()
	g.Mutate = func(*admit.Question) admit.Verdict {
		return admit.Verdict{Patch: []admit.PatchOp{{Op: "remove", Path: "/spec"}}, Refusal: &admit.Refusal{Reason: metav1.StatusReasonForbidden, Message: "no"}}
	}
	h := &admit.Handler{Guard: g, Mutating: true, Modes: admit.Modes{"things": admit.Warn}, Snapshots: compile(t, "", policy.Options{})}
	require.Equal(t, `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":"u1","allowed":true,"warnings":["would be refused: no"]}}`,
		post(h, "POST", "application/json", thing).Body.String())
}

func TestParseMode(t *testing.T) {
	for _, m := range []admit.Mode{admit.Enforce, admit.Warn, admit.Audit} {
		got, err := admit.ParseMode(string(m))
		require.NoError(t, err)
		require.Equal(t, m, got)
	}
	for _, s := range []string{"", "Warn", "off"} {
		_, err := admit.ParseMode(s)
		require.EqualError(t, err, `mode "`+s+`" is none of enforce, warn, audit`)
	}
}
