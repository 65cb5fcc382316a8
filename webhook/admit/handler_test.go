package admit_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// things is a guard that always says the same.
func things(verdicts ...admit.Verdict) admit.Guard {
	g := admit.Guard{Name: "things", Rules: guardRules("example.org", "things")}
	for _, v := range verdicts {
		g.Checks = append(g.Checks, admit.Check{Name: fmt.Sprintf("rule-%d", len(g.Checks)+1), Judge: func(*admit.Question) admit.Verdict { return v }})
	}
	return g
}

const thing = `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u1","operation":"CREATE",` +
	`"resource":{"group":"example.org","version":"v1","resource":"things"},"object":{}}}`

func TestFailures(t *testing.T) {
	const json = "application/json"
	not := func(what string) string {
		return "guard things does not judge " + what + ": its webhook configuration is wrong\n"
	}
	for name, tc := range map[string]struct {
		method, contentType, body string
		status                    int
		want                      string
	}{
		"a wrong method":        {"GET", json, "", 405, "method GET is not allowed, use POST\n"},
		"a wrong content type":  {"POST", "text/plain", thing, 415, "content type must be application/json\n"},
		"an empty body":         {"POST", json, "", 400, "body is empty\n"},
		"a body over the bound": {"POST", json, strings.Repeat(" ", admit.MaxBody) + "1", 413, "body is larger than 7340032 bytes\n"},
		"truncated JSON":        {"POST", json, thing[:len(thing)-1], 400, "body is not an AdmissionReview: unexpected end of JSON input\n"},
		"another kind of review": {"POST", json, strings.Replace(thing, "AdmissionReview", "TokenReview", 1), 400,
			`body is "TokenReview" of "admission.k8s.io/v1", want AdmissionReview of admission.k8s.io/v1` + "\n"},
		"the version before": {"POST", json, strings.Replace(thing, "/v1", "/v1beta1", 1), 400,
			`body is "AdmissionReview" of "admission.k8s.io/v1beta1", want AdmissionReview of admission.k8s.io/v1` + "\n"},
		"no request":         {"POST", json, `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}`, 400, "request.uid is required\n"},
		"no uid":             {"POST", json, strings.Replace(thing, `"u1"`, `""`, 1), 400, "request.uid is required\n"},
		"another resource":   {"POST", json, strings.Replace(thing, `"things"`, `"pods"`, 1), 400, not(`CREATE of "pods" in group "example.org"`)},
		"another group":      {"POST", json, strings.Replace(thing, `example.org`, `example.com`, 1), 400, not(`CREATE of "things" in group "example.com"`)},
		"another operation":  {"POST", json, strings.Replace(thing, `CREATE`, `DELETE`, 1), 400, not(`DELETE of "things" in group "example.org"`)},
		"an operation of no": {"POST", json, strings.Replace(thing, `CREATE`, ``, 1), 400, not(` of "things" in group "example.org"`)},
	} {
		t.Run(name, func(t *testing.T) {
			var told []admit.Outcome
			h := &admit.Handler{Guard: things(), Snapshots: compile(t, "", policy.Options{}),
				Observe: func(o admit.Outcome, _ time.Duration) { told = append(told, o) }}
			w := post(h, tc.method, tc.contentType, tc.body)
			require.Equal(t, tc.status, w.Code)
			require.Equal(t, tc.want, w.Body.String())
			require.NotContains(t, w.Header(), "Retry-After")
			require.Equal(t, []admit.Outcome{admit.Malformed}, told)
		})
	}
}

func TestNotReady(t *testing.T) {
	var told []admit.Outcome
	snapshots := &atomic.Pointer[policy.Snapshot]{}
	h := &admit.Handler{Guard: things(), Snapshots: snapshots, Observe: func(o admit.Outcome, _ time.Duration) { told = append(told, o) }}
	w := post(h, "POST", "application/json", thing)
	require.Equal(t, http.StatusServiceUnavailable, w.Code)
	require.Equal(t, "no policy has been loaded yet\n", w.Body.String())
	require.NotContains(t, w.Header(), "Retry-After")

	snapshots.Store(&policy.Snapshot{})
	require.Equal(t, http.StatusOK, post(h, "POST", "application/json", thing).Code)
	require.Equal(t, []admit.Outcome{admit.Unavailable, admit.Allowed}, told)
}

func TestPanicIsLeftToTheServerAndCounted(t *testing.T) {
	var told []admit.Outcome
	g := things()
	g.Checks = []admit.Check{{Name: "boom", Judge: func(*admit.Question) admit.Verdict { panic("boom") }}}
	h := &admit.Handler{Guard: g, Snapshots: compile(t, "", policy.Options{}), Observe: func(o admit.Outcome, _ time.Duration) { told = append(told, o) }}
	require.PanicsWithValue(t, "boom", func() { post(h, "POST", "application/json", thing) })
	require.Equal(t, []admit.Outcome{admit.Unavailable}, told)
}
