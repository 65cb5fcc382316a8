package sar_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	authzv1 "k8s.io/api/authorization/v1"
	"k8s.io/apiserver/pkg/authorization/authorizer"

	"github.com/bailiwick-dev/bailiwick/webhook/sar"
)

// Whatever the body is, the handler answers with a review or refuses it as malformed, and never panics.
func FuzzServeHTTP(f *testing.F) {
	for _, seed := range []string{
		asksV1, "", "null", "[]", asksV1[:40],
		`{"kind":"SubjectAccessReview","apiVersion":"authorization.k8s.io/v1beta1","spec":{"group":["dev"],"extra":{"k":null},"nonResourceAttributes":{"verb":"get","path":"/x"}}}`,
		`{"kind":"SubjectAccessReview","apiVersion":"authorization.k8s.io/v1","spec":{"user":"jane","resourceAttributes":{"verb":"list","resource":"pods",` +
			`"labelSelector":{"requirements":[{"key":"a","operator":"In","values":["b"]},{"key":"","operator":"Exists"}]},` +
			`"fieldSelector":{"requirements":[{"key":"a","operator":"NotIn","values":["b"]}]}}}}`,
	} {
		f.Add([]byte(seed))
	}
	h := &sar.Handler{Authorizer: authorizer.AuthorizerFunc(decideByVerb)}
	f.Fuzz(func(t *testing.T, body []byte) {
		w := post(t, h, http.MethodPost, "application/json", string(body))
		switch w.Code {
		case http.StatusBadRequest, http.StatusRequestEntityTooLarge:
		case http.StatusOK:
			var answer authzv1.SubjectAccessReview
			require.NoError(t, json.Unmarshal(w.Body.Bytes(), &answer))
			require.Equal(t, "SubjectAccessReview", answer.Kind)
			require.True(t, slices.Contains([]string{"authorization.k8s.io/v1", "authorization.k8s.io/v1beta1"}, answer.APIVersion))
			require.False(t, answer.Status.Allowed && answer.Status.Denied)
		default:
			t.Fatalf("status %d: %s", w.Code, w.Body)
		}
	})
}

// decideByVerb looks at everything that a question holds.
func decideByVerb(_ context.Context, a authorizer.Attributes) (authorizer.Decision, string, error) {
	labels, err := a.GetLabelSelector()
	if err != nil {
		return authorizer.DecisionNoOpinion, "", err
	}
	fields, err := a.GetFieldSelector()
	reason := labels.String() + a.GetUser().GetName() + a.GetPath()
	for _, f := range fields {
		reason += f.Field + f.Value
	}
	switch a.GetVerb() {
	case "get":
		return authorizer.DecisionAllow, reason, err
	case "list":
		return authorizer.DecisionDeny, reason, err
	default:
		return authorizer.DecisionNoOpinion, reason, err
	}
}
