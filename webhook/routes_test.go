package webhook_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/webhook"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

const (
	asksAllowed = `{"kind":"SubjectAccessReview","apiVersion":"authorization.k8s.io/v1","spec":{"user":"` + fooThere + `","resourceAttributes":{"verb":"get","resource":"pods"}}}`
	asksDenied  = `{"kind":"SubjectAccessReview","apiVersion":"authorization.k8s.io/v1","spec":{"user":"` + fooThere + `","resourceAttributes":{"verb":"get","resource":"secrets"}}}`
	asksNothing = `{"kind":"SubjectAccessReview","apiVersion":"authorization.k8s.io/v1","spec":{"user":"jane","resourceAttributes":{"verb":"get","resource":"pods"}}}`
)

// profileBy is the creation of a ClusterProfile by a user.
func profileBy(username string) string {
	return `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u1","operation":"CREATE","name":"p",` +
		`"kind":{"group":"config.projectsveltos.io","version":"v1beta1","kind":"ClusterProfile"},` +
		`"resource":{"group":"config.projectsveltos.io","version":"v1beta1","resource":"clusterprofiles"},"userInfo":{"username":"` + username + `"},` +
		`"object":{"metadata":{"name":"p"},"spec":{"clusterSelector":{"matchLabels":{"org":"foo.io"}}}}}}`
}

func TestRoutesFollowTheGuards(t *testing.T) {
	rs, _, _ := routes(t)
	h := rs.Handler()
	require.Equal(t, http.StatusOK, post(h, webhook.AuthorizePath, asksAllowed).Code)
	for _, g := range rs.Guards {
		require.Equal(t, http.StatusBadRequest, post(h, g.ValidatePath(), "{}").Code, g.Name)
		want := http.StatusBadRequest
		if g.Mutate == nil {
			want = http.StatusNotFound
		}
		require.Equal(t, want, post(h, g.MutatePath(), "{}").Code, g.Name)
	}
	for _, path := range []string{"/", "/authorize/", "/mutate/", "/validate/", "/validate/nothing", "/metrics"} {
		require.Equal(t, http.StatusNotFound, post(h, path, "{}").Code, path)
	}
}

func TestModeIsThatOfTheGuardOrTheCheck(t *testing.T) {
	rs, _, _ := routes(t)
	rs.Modes = admit.Modes{"profiles": admit.Warn}
	w := post(rs.Handler(), "/validate/profiles", profileBy("jane"))
	require.Contains(t, w.Body.String(), `"allowed":true,"warnings":["would be refused: no RoleRequest gives`)

	rs.Modes = admit.Modes{"profiles": admit.Warn, "profiles/owner": admit.Enforce}
	w = post(rs.Handler(), "/validate/profiles", profileBy("jane"))
	require.Contains(t, w.Body.String(), `"allowed":false,"status":{"metadata":{},"status":"Failure","message":"no RoleRequest gives`)
}

func TestPanicIsAnsweredAndLogged(t *testing.T) {
	rs, _, log := routes(t)
	rs.Authorizer = panics
	rs.Guards = append(rs.Guards, admit.Guard{Name: "broken", Rules: rs.Guards[0].Rules,
		Checks: []admit.Check{{Judge: func(*admit.Question) admit.Verdict { panic("crack") }}}})
	h := rs.Handler()
	for path, tc := range map[string]struct{ body, panic string }{
		webhook.AuthorizePath: {asksAllowed, "boom"},
		"/validate/broken":    {profileBy("jane"), "crack"},
	} {
		w := post(h, path, tc.body)
		require.Equal(t, http.StatusServiceUnavailable, w.Code)
		require.Equal(t, "internal error while deciding\n", w.Body.String())
		require.NotContains(t, w.Header(), "Retry-After")
		require.Regexp(t, `level=ERROR msg="panic while answering" path=`+path+` panic=`+tc.panic+` stack=.*routes_test.go`, log.String())
	}
	require.Equal(t, http.StatusOK, post(h, "/validate/profiles", profileBy("jane")).Code, "others go on")
}

// http.ErrAbortHandler is how a handler asks for its connection to be cut.
func TestAbortIsNoPanic(t *testing.T) {
	rs, _, log := routes(t)
	rs.Guards = []admit.Guard{{Name: "aborts", Rules: rs.Guards[0].Rules,
		Checks: []admit.Check{{Judge: func(*admit.Question) admit.Verdict { panic(http.ErrAbortHandler) }}}}}
	defer func() {
		err, _ := recover().(error)
		require.True(t, errors.Is(err, http.ErrAbortHandler))
		require.Empty(t, log.String())
	}()
	post(rs.Handler(), "/validate/aborts", profileBy("jane"))
}

func TestMetrics(t *testing.T) {
	rs, registry, _ := routes(t)
	rs.Guards = rs.Guards[:1]
	h := rs.Handler()
	for _, body := range []string{asksAllowed, asksAllowed, asksDenied, asksNothing, "{}"} {
		post(h, webhook.AuthorizePath, body)
	}
	post(h, "/mutate/profiles", profileBy(fooHere))
	post(h, "/validate/profiles", profileBy("jane"))
	post(h, "/validate/profiles", "junk")
	rs.Authorizer = panics
	post(rs.Handler(), webhook.AuthorizePath, asksAllowed)

	// A series stands there from the start, with zero, so that its first increase is seen.
	require.NoError(t, testutil.GatherAndCompare(registry, strings.NewReader(`
# HELP bailiwick_decisions_total Requests answered, by endpoint (authorize, mutate, validate), guard and outcome.
# TYPE bailiwick_decisions_total counter
bailiwick_decisions_total{endpoint="authorize",guard="",outcome="allowed"} 2
bailiwick_decisions_total{endpoint="authorize",guard="",outcome="denied"} 1
bailiwick_decisions_total{endpoint="authorize",guard="",outcome="malformed"} 1
bailiwick_decisions_total{endpoint="authorize",guard="",outcome="no_opinion"} 1
bailiwick_decisions_total{endpoint="authorize",guard="",outcome="unavailable"} 1
bailiwick_decisions_total{endpoint="mutate",guard="profiles",outcome="allowed"} 1
bailiwick_decisions_total{endpoint="mutate",guard="profiles",outcome="audited"} 0
bailiwick_decisions_total{endpoint="mutate",guard="profiles",outcome="malformed"} 0
bailiwick_decisions_total{endpoint="mutate",guard="profiles",outcome="refused"} 0
bailiwick_decisions_total{endpoint="mutate",guard="profiles",outcome="too_complex"} 0
bailiwick_decisions_total{endpoint="mutate",guard="profiles",outcome="unavailable"} 0
bailiwick_decisions_total{endpoint="mutate",guard="profiles",outcome="warned"} 0
bailiwick_decisions_total{endpoint="validate",guard="profiles",outcome="allowed"} 0
bailiwick_decisions_total{endpoint="validate",guard="profiles",outcome="audited"} 0
bailiwick_decisions_total{endpoint="validate",guard="profiles",outcome="malformed"} 1
bailiwick_decisions_total{endpoint="validate",guard="profiles",outcome="refused"} 1
bailiwick_decisions_total{endpoint="validate",guard="profiles",outcome="too_complex"} 0
bailiwick_decisions_total{endpoint="validate",guard="profiles",outcome="unavailable"} 0
bailiwick_decisions_total{endpoint="validate",guard="profiles",outcome="warned"} 0
`), "bailiwick_decisions_total"))
	require.Equal(t, map[string]uint64{"authorize": 6, "mutate": 1, "validate": 2}, timed(t, registry))
}

// timed counts the requests whose time was taken, by endpoint.
func timed(t *testing.T, registry prometheus.Gatherer) map[string]uint64 {
	families, err := registry.Gather()
	require.NoError(t, err)
	counts := map[string]uint64{}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			if family.GetName() == "bailiwick_decision_seconds" {
				counts[m.GetLabel()[0].GetValue()] = m.GetHistogram().GetSampleCount()
			}
		}
	}
	return counts
}

func post(h http.Handler, path, body string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w
}
