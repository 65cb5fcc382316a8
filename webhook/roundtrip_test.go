package webhook_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
)

// What kube-apiserver asks is what reaches our authorizer, through its client, the wire and our codec.
func TestRoundTrip(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed = %d", seed)
	r := random{rand.New(rand.NewPCG(seed, 0))}

	var got authorizer.Attributes
	rs, registry, _ := routes(t)
	rs.Authorizer = authorizer.AuthorizerFunc(func(_ context.Context, a authorizer.Attributes) (authorizer.Decision, string, error) {
		got = a
		return authorizer.DecisionAllow, "seen", nil
	})
	server := serve(t, rs.Handler(), registry)
	for _, version := range versions {
		client := kubeAPIServer(t, server, version)
		for range 300 {
			ask := r.attributes()
			decision, reason, err := client.Authorize(t.Context(), ask)
			require.NoError(t, err)
			require.Equal(t, authorizer.DecisionAllow, decision)
			require.Equal(t, "seen", reason)
			require.Equal(t, questionOf(t, ask), questionOf(t, got))
		}
	}
}

// question is all that an authorizer may know of a request, in a form that can be compared.
type question struct {
	User       user.DefaultInfo
	Attributes authorizer.AttributesRecord
	Labels     []string
	Fields     []string
}

func questionOf(t *testing.T, a authorizer.Attributes) question {
	byLabel, err := a.GetLabelSelector()
	require.NoError(t, err)
	byField, err := a.GetFieldSelector()
	require.NoError(t, err)
	u := a.GetUser()
	q := question{
		User: user.DefaultInfo{Name: u.GetName(), UID: u.GetUID(), Groups: u.GetGroups(), Extra: u.GetExtra()},
		Attributes: authorizer.AttributesRecord{
			Verb: a.GetVerb(), Namespace: a.GetNamespace(), APIGroup: a.GetAPIGroup(), APIVersion: a.GetAPIVersion(),
			Resource: a.GetResource(), Subresource: a.GetSubresource(), Name: a.GetName(),
			ResourceRequest: a.IsResourceRequest(), Path: a.GetPath(),
		},
	}
	for _, req := range byLabel {
		q.Labels = append(q.Labels, fmt.Sprint(req.Key(), " ", setOperator(req.Operator()), " ", req.Values().List()))
	}
	for _, req := range byField {
		q.Fields = append(q.Fields, fmt.Sprint(req.Field, " ", setOperator(req.Operator), " ", req.Value))
	}
	return q
}

// setOperator is the one spelling that the wire has for operators that mean the same.
func setOperator(op selection.Operator) selection.Operator {
	switch op {
	case selection.Equals, selection.DoubleEquals:
		return selection.In
	case selection.NotEquals:
		return selection.NotIn
	default:
		return op
	}
}

type random struct{ *rand.Rand }

func (r random) attributes() *authorizer.AttributesRecord {
	a := &authorizer.AttributesRecord{Verb: r.text(), User: &user.DefaultInfo{
		Name: "u" + r.text(), UID: r.text(), Groups: list(r, r.text), Extra: r.extra(),
	}}
	if r.IntN(4) == 0 {
		a.Path = r.text()
		return a
	}
	a.ResourceRequest = true
	a.Namespace, a.Name = r.text(), r.text()
	a.APIGroup, a.APIVersion, a.Resource, a.Subresource = r.text(), r.text(), r.text(), r.text()
	a.LabelSelectorRequirements = list(r, r.label)
	a.FieldSelectorRequirements = list(r, r.field)
	return a
}

// text holds what JSON, HTML and URLs would change if somebody forgot to escape or unescape.
func (r random) text() string {
	letters := []rune("ab:/-.~\"\\<>&%+? \n\t\x00é世\U0001F600")
	var s []rune
	for range r.IntN(8) {
		s = append(s, letters[r.IntN(len(letters))])
	}
	return string(s)
}

func (r random) extra() map[string][]string {
	var extra map[string][]string
	for _, key := range list(r, r.text) {
		if extra == nil {
			extra = map[string][]string{}
		}
		extra[key] = append(list(r, r.text), r.text())
	}
	return extra
}

func (r random) label() labels.Requirement {
	key, values := fmt.Sprintf("example.org/k%d", r.IntN(3)), list(r, r.value)
	if len(values) == 0 {
		op := []selection.Operator{selection.Exists, selection.DoesNotExist}[r.IntN(2)]
		return must(labels.NewRequirement(key, op, nil))
	}
	if r.IntN(2) == 0 {
		op := []selection.Operator{selection.Equals, selection.DoubleEquals, selection.NotEquals}[r.IntN(3)]
		return must(labels.NewRequirement(key, op, values[:1]))
	}
	return must(labels.NewRequirement(key, []selection.Operator{selection.In, selection.NotIn}[r.IntN(2)], values))
}

func (r random) value() string { return fmt.Sprintf("v%d", r.IntN(9)) }

func (r random) field() fields.Requirement {
	op := []selection.Operator{selection.Equals, selection.DoubleEquals, selection.NotEquals}[r.IntN(3)]
	return fields.Requirement{Operator: op, Field: "f" + r.text(), Value: r.text()}
}

// list holds up to three items; one without any is nil, as kube-apiserver's are.
func list[T any](r random, item func() T) []T {
	var items []T
	for range r.IntN(4) {
		items = append(items, item())
	}
	return items
}

func must(req *labels.Requirement, err error) labels.Requirement {
	if err != nil {
		panic(err)
	}
	return *req
}
