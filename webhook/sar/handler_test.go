package sar_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/apiserver/pkg/authorization/authorizer"

	"github.com/bailiwick-dev/bailiwick/webhook/sar"
)

const asksV1 = `{"kind":"SubjectAccessReview","apiVersion":"authorization.k8s.io/v1",` +
	`"spec":{"user":"jane","groups":["dev"],"resourceAttributes":{"verb":"get","resource":"pods"}}}`

// A failure is told as plain text, and with a status after which kube-apiserver does not try again.
func TestFailures(t *testing.T) {
	const json = "application/json"
	review := func(version, spec string) string {
		return `{"kind":"SubjectAccessReview","apiVersion":"authorization.k8s.io/` + version + `","spec":{` + spec + `}}`
	}
	const pods, path = `"resourceAttributes":{"verb":"get","resource":"pods"}`, `"nonResourceAttributes":{"verb":"get","path":"/x"}`
	const oneKind = "exactly one of spec.resourceAttributes and spec.nonResourceAttributes is required\n"
	const somebody = "at least one of spec.user and spec.groups is required\n"
	for name, tc := range map[string]struct {
		method, contentType, body string
		status                    int
		want                      string
	}{
		"a wrong method":            {"GET", json, "", 405, "method GET is not allowed, use POST\n"},
		"a wrong content type":      {"POST", "application/yaml", asksV1, 415, "content type must be application/json\n"},
		"no content type":           {"POST", "", asksV1, 415, "content type must be application/json\n"},
		"an empty body":             {"POST", json, "", 400, "body is empty\n"},
		"a body over the bound":     {"POST", json, strings.Repeat(" ", sar.MaxBody) + "1", 413, "body is larger than 262144 bytes\n"},
		"truncated JSON":            {"POST", json, asksV1[:len(asksV1)-1], 400, "body is not a SubjectAccessReview: unexpected end of JSON input\n"},
		"two documents":             {"POST", json, asksV1 + asksV1, 400, "body is not a SubjectAccessReview: invalid character '{' after top-level value\n"},
		"null":                      {"POST", json, "null", 400, wrongKind("", "")},
		"a wrong kind":              {"POST", json, strings.Replace(asksV1, "SubjectAccessReview", "TokenReview", 1), 400, wrongKind("TokenReview", "authorization.k8s.io/v1")},
		"a wrong apiVersion":        {"POST", json, review("v2", `"user":"jane",`+pods), 400, wrongKind("SubjectAccessReview", "authorization.k8s.io/v2")},
		"neither kind of attribute": {"POST", json, review("v1", `"user":"jane"`), 400, oneKind},
		"both kinds of attributes":  {"POST", json, review("v1", `"user":"jane",`+pods+","+path), 400, oneKind},
		"nobody asks":               {"POST", json, review("v1", pods), 400, somebody},
		"groups in v1 by the name that v1beta1 has for them": {"POST", json, review("v1", `"group":["dev"],`+pods), 400, somebody},
		"groups in v1beta1 by the name that v1 has for them": {"POST", json, review("v1beta1", `"groups":["dev"],`+pods), 400, somebody},
	} {
		t.Run(name, func(t *testing.T) {
			w, outcome := ask(t, says(authorizer.DecisionAllow, "", nil), tc.method, tc.contentType, tc.body)
			require.Equal(t, tc.status, w.Code)
			require.Equal(t, tc.want, w.Body.String())
			require.Equal(t, "text/plain; charset=utf-8", w.Header().Get("Content-Type"))
			require.Equal(t, sar.Malformed, outcome)
		})
	}
}

func wrongKind(kind, version string) string {
	return `body is "` + kind + `" of "` + version + `", want SubjectAccessReview of authorization.k8s.io/v1 or authorization.k8s.io/v1beta1` + "\n"
}

func TestDecisions(t *testing.T) {
	trouble := errors.New("role is gone")
	for name, tc := range map[string]struct {
		says   authorizer.AuthorizerFunc
		status string
		want   sar.Outcome
	}{
		"allowed":                          {says(authorizer.DecisionAllow, "by x", nil), `{"allowed":true,"reason":"by x"}`, sar.Allowed},
		"denied":                           {says(authorizer.DecisionDeny, "by y", nil), `{"allowed":false,"denied":true,"reason":"by y"}`, sar.Denied},
		"no opinion":                       {says(authorizer.DecisionNoOpinion, "", nil), `{"allowed":false}`, sar.NoOpinion},
		"an error is told in the reason":   {says(authorizer.DecisionNoOpinion, "", trouble), `{"allowed":false,"reason":"could not decide: role is gone"}`, sar.NoOpinion},
		"an error stands behind a reason":  {says(authorizer.DecisionNoOpinion, "z", trouble), `{"allowed":false,"reason":"z; not everything could be decided: role is gone"}`, sar.NoOpinion},
		"an error takes no allowance away": {says(authorizer.DecisionAllow, "by x", trouble), `{"allowed":true,"reason":"by x; not everything could be decided: role is gone"}`, sar.Allowed},
	} {
		for version, body := range map[string]string{
			"v1": asksV1,
			"v1beta1": `{"kind":"SubjectAccessReview","apiVersion":"authorization.k8s.io/v1beta1",` +
				`"spec":{"group":["dev"],"nonResourceAttributes":{"verb":"get","path":"/healthz"}}}`,
		} {
			t.Run(name+" in "+version, func(t *testing.T) {
				w, outcome := ask(t, tc.says, "POST", "application/json; charset=utf-8", body)
				require.Equal(t, http.StatusOK, w.Code)
				require.Equal(t, `{"kind":"SubjectAccessReview","apiVersion":"authorization.k8s.io/`+version+`","status":`+tc.status+`}`, w.Body.String())
				require.Equal(t, "application/json", w.Header().Get("Content-Type"))
				require.Equal(t, tc.want, outcome)
			})
		}
	}
}

func TestBodyOfTheBoundIsRead(t *testing.T) {
	padded := asksV1 + strings.Repeat(" ", sar.MaxBody-len(asksV1))
	w, _ := ask(t, says(authorizer.DecisionAllow, "", nil), "POST", "application/json", padded)
	require.Equal(t, http.StatusOK, w.Code)
}

func TestNotReady(t *testing.T) {
	ready, outcome := false, sar.Outcome("")
	h := &sar.Handler{
		Authorizer: says(authorizer.DecisionAllow, "", nil),
		Ready:      func() bool { return ready },
		Observe:    func(o sar.Outcome, _ time.Duration) { outcome = o },
	}
	w := post(t, h, "POST", "application/json", asksV1)
	require.Equal(t, http.StatusServiceUnavailable, w.Code)
	require.Equal(t, "no policy has been loaded yet\n", w.Body.String())
	require.Equal(t, sar.Unavailable, outcome)

	ready = true
	require.Equal(t, http.StatusOK, post(t, h, "POST", "application/json", asksV1).Code)
	require.Equal(t, sar.Allowed, outcome)
}

func TestPanicIsLeftToTheServerAndCounted(t *testing.T) {
	var outcome sar.Outcome
	h := &sar.Handler{
		Authorizer: authorizer.AuthorizerFunc(func(context.Context, authorizer.Attributes) (authorizer.Decision, string, error) { panic("boom") }),
		Observe:    func(o sar.Outcome, _ time.Duration) { outcome = o },
	}
	require.PanicsWithValue(t, "boom", func() { post(t, h, "POST", "application/json", asksV1) })
	require.Equal(t, sar.Unavailable, outcome)
}

// says is an authorizer that always answers the same.
func says(d authorizer.Decision, reason string, err error) authorizer.AuthorizerFunc {
	return func(context.Context, authorizer.Attributes) (authorizer.Decision, string, error) {
		return d, reason, err
	}
}

// ask sends one request and returns the answer, and what metrics are told.
func ask(t *testing.T, a authorizer.Authorizer, method, contentType, body string) (*httptest.ResponseRecorder, sar.Outcome) {
	var told []sar.Outcome
	h := &sar.Handler{Authorizer: a, Observe: func(o sar.Outcome, _ time.Duration) { told = append(told, o) }}
	w := post(t, h, method, contentType, body)
	require.Len(t, told, 1)
	return w, told[0]
}

// post sends one request. Whatever the answer, it is none that kube-apiserver would try again for seconds.
func post(t *testing.T, h http.Handler, method, contentType, body string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, "/authorize", strings.NewReader(body))
	req.Header.Set("Content-Type", contentType)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	require.NotContains(t, []int{http.StatusInternalServerError, http.StatusTooManyRequests}, w.Code)
	require.NotContains(t, w.Header(), "Retry-After")
	return w
}
