package sar_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
)

func TestAttributes(t *testing.T) {
	jane := &user.DefaultInfo{Name: "jane", UID: "u1", Groups: []string{"dev", "ops"}, Extra: map[string][]string{"scopes": {"a", "b"}}}
	const resource = `"resourceAttributes":{"verb":"update","group":"apps","version":"v1","resource":"deployments","subresource":"scale","namespace":"eng","name":"web"}`
	want := authorizer.AttributesRecord{User: jane, Verb: "update", APIGroup: "apps", APIVersion: "v1",
		Resource: "deployments", Subresource: "scale", Namespace: "eng", Name: "web", ResourceRequest: true}
	for name, tc := range map[string]struct {
		version, spec string
		want          authorizer.AttributesRecord
	}{
		"a resource in v1":      {"v1", `"user":"jane","uid":"u1","groups":["dev","ops"],"extra":{"scopes":["a","b"]},` + resource, want},
		"a resource in v1beta1": {"v1beta1", `"user":"jane","uid":"u1","group":["dev","ops"],"extra":{"scopes":["a","b"]},` + resource, want},
		"a path": {"v1", `"groups":["dev"],"nonResourceAttributes":{"verb":"get","path":"/logs/x"}`,
			authorizer.AttributesRecord{User: &user.DefaultInfo{Groups: []string{"dev"}}, Verb: "get", Path: "/logs/x"}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, &tc.want, captured(t, tc.version, tc.spec))
		})
	}
}

func TestLabelSelectors(t *testing.T) {
	for name, tc := range map[string]struct {
		selector string
		want     string // requirements, as text
		err      string
	}{
		"none":         {`{}`, "", ""},
		"In":           {`{"requirements":[{"key":"env","operator":"In","values":["b","a"]}]}`, "env in (a,b)", ""},
		"NotIn":        {`{"requirements":[{"key":"env","operator":"NotIn","values":["a"]}]}`, "env notin (a)", ""},
		"Exists":       {`{"requirements":[{"key":"env","operator":"Exists"}]}`, "env", ""},
		"DoesNotExist": {`{"requirements":[{"key":"env","operator":"DoesNotExist"}]}`, "!env", ""},
		"all together": {`{"requirements":[{"key":"a","operator":"Exists"},{"key":"b","operator":"In","values":["c"]}]}`, "a, b in (c)", ""},
		"an unknown operator is reported and left out": {`{"requirements":[{"key":"a","operator":"Gt","values":["1"]},{"key":"b","operator":"Exists"}]}`,
			"b", `label selector operator "Gt" is not known`},
		"a value that labels cannot have is reported and left out": {`{"requirements":[{"key":"a","operator":"In","values":["no spaces"]},{"key":"b","operator":"Exists"}]}`,
			"b", "a valid label must be"},
		"In without values":                        {`{"requirements":[{"key":"a","operator":"In"}]}`, "", "values set can't be empty"},
		"a raw selector is not read":               {`{"rawSelector":"env=a"}`, "", ""},
		"a raw selector is not read beside others": {`{"rawSelector":"env=a","requirements":[{"key":"b","operator":"Exists"}]}`, "b", ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := captured(t, "v1", `"user":"jane","resourceAttributes":{"verb":"list","resource":"pods","labelSelector":`+tc.selector+`}`)
			requirements, err := a.GetLabelSelector()
			require.Equal(t, tc.want, requirements.String())
			requireTold(t, tc.err, err)
			other, err := a.GetFieldSelector()
			require.NoError(t, err)
			require.Empty(t, other)
		})
	}
}

func TestFieldSelectors(t *testing.T) {
	for name, tc := range map[string]struct {
		selector string
		want     fields.Requirements
		err      string
	}{
		"none":         {`{}`, nil, ""},
		"field=value":  {`{"requirements":[{"key":"spec.nodeName","operator":"In","values":["n1"]}]}`, fields.Requirements{{Operator: "=", Field: "spec.nodeName", Value: "n1"}}, ""},
		"field!=value": {`{"requirements":[{"key":"spec.nodeName","operator":"NotIn","values":["n1"]}]}`, fields.Requirements{{Operator: "!=", Field: "spec.nodeName", Value: "n1"}}, ""},
		"an unknown operator is reported and left out": {`{"requirements":[{"key":"a","operator":"Exists"},{"key":"b","operator":"In","values":["c"]}]}`,
			fields.Requirements{{Operator: "=", Field: "b", Value: "c"}}, `field selector operator "Exists" is not known`},
		"two values are reported and left out": {`{"requirements":[{"key":"a","operator":"In","values":["b","c"]}]}`, nil, `field selector on "a" has 2 values, want one`},
		"no value is reported and left out":    {`{"requirements":[{"key":"a","operator":"NotIn"}]}`, nil, `field selector on "a" has 0 values, want one`},
		"a raw selector is not read":           {`{"rawSelector":"a=b"}`, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := captured(t, "v1beta1", `"user":"jane","resourceAttributes":{"verb":"list","resource":"pods","fieldSelector":`+tc.selector+`}`)
			requirements, err := a.GetFieldSelector()
			require.Equal(t, tc.want, requirements)
			requireTold(t, tc.err, err)
		})
	}
}

func requireTold(t *testing.T, want string, err error) {
	t.Helper()
	if want == "" {
		require.NoError(t, err)
		return
	}
	require.ErrorContains(t, err, want)
}

// captured is the question that reaches the authorizer.
func captured(t *testing.T, version, spec string) *authorizer.AttributesRecord {
	t.Helper()
	var got *authorizer.AttributesRecord
	capture := authorizer.AuthorizerFunc(func(_ context.Context, a authorizer.Attributes) (authorizer.Decision, string, error) {
		got = a.(*authorizer.AttributesRecord)
		return authorizer.DecisionNoOpinion, "", nil
	})
	w, _ := ask(t, capture, "POST", "application/json", `{"kind":"SubjectAccessReview","apiVersion":"authorization.k8s.io/`+version+`","spec":{`+spec+`}}`)
	require.NotNil(t, got, w.Body.String())
	return got
}
