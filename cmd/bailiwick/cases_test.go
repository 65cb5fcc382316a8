package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
	authzv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
	k8sauthorizer "k8s.io/apiserver/pkg/authorization/authorizer"

	"github.com/bailiwick-dev/bailiwick/authorizer"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
	"github.com/bailiwick-dev/bailiwick/webhook"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// Each case is a policy and a table of questions, written as the arguments of can-i, with the beginning of the answer.
// Every question goes through the authorizer, through HTTP and through the command line, and gets one answer.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("../../policy/testdata/cases/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		require.NoError(t, err)
		t.Run(filepath.Base(file), func(t *testing.T) {
			dir := t.TempDir()
			var asks string
			for _, f := range archive.Files {
				if f.Name == "asks" {
					asks = string(f.Data)
					continue
				}
				require.NoError(t, os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o600))
			}
			n := 0
			for line := range strings.Lines(asks) {
				if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
					continue
				}
				n++
				args, want, ok := strings.Cut(line, " => ")
				require.True(t, ok, "no answer in %q", line)
				t.Run(args, func(t *testing.T) { everyWay(t, dir, strings.Fields(args), want) })
			}
			require.Positive(t, n)
		})
	}
}

// everyWay asks one question in all ways and compares the answers.
func everyWay(t *testing.T, dir string, args []string, want string) {
	byCommand := askCommand(t, dir, args)
	require.True(t, strings.HasPrefix(byCommand, want), "want %q, got %q", want, byCommand)

	var a ask
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	a.flags(flags)
	require.NoError(t, flags.Parse(args))
	attributes, err := a.attributes(flags.Args())
	require.NoError(t, err)
	require.NoError(t, setSelf(&a.options, a.cluster, a.labels))
	objs, problems, err := load.Paths(nil, dir)
	require.NoError(t, err)
	require.Empty(t, problems)
	snap, problems := policy.Compile(objs, a.options)
	require.Empty(t, problems)
	var holder atomic.Pointer[policy.Snapshot]
	holder.Store(snap)
	authz := authorizer.New(&holder, authorizer.Options{})

	decision, reason, err := authz.Authorize(t.Context(), attributes)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(byCommand, answerText(decision, reason)), "the command said %q, the authorizer %q", byCommand, answerText(decision, reason))

	status := askHTTP(t, &holder, authz, attributes)
	require.Equal(t, decision == k8sauthorizer.DecisionAllow, status.Allowed)
	require.Equal(t, decision == k8sauthorizer.DecisionDeny, status.Denied)
	require.Equal(t, reason, status.Reason)
}

func answerText(decision k8sauthorizer.Decision, reason string) string {
	switch decision {
	case k8sauthorizer.DecisionAllow:
		return "yes: " + reason
	case k8sauthorizer.DecisionDeny:
		return "no: " + reason
	default:
		return "no opinion"
	}
}

func askCommand(t *testing.T, dir string, args []string) string {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(append([]string{"can-i", "-f", dir}, args...), stdio{strings.NewReader(""), &out, &errs})
	require.Equal(t, strings.HasPrefix(out.String(), "yes"), code == exitYes, errs.String())
	require.NotEqual(t, exitBroken, code, errs.String())
	return out.String()
}

func askHTTP(t *testing.T, holder *atomic.Pointer[policy.Snapshot], authz k8sauthorizer.Authorizer, a *k8sauthorizer.AttributesRecord) authzv1.SubjectAccessReviewStatus {
	t.Helper()
	routes := &webhook.Routes{Authorizer: authz, Guards: admit.Guards(), Snapshots: holder,
		Metrics: webhook.NewMetrics(prometheus.NewRegistry()), Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	review := authzv1.SubjectAccessReview{
		TypeMeta: metav1.TypeMeta{APIVersion: "authorization.k8s.io/v1", Kind: "SubjectAccessReview"},
		Spec:     authzv1.SubjectAccessReviewSpec{User: a.User.GetName(), Groups: a.User.GetGroups()},
	}
	if a.ResourceRequest {
		review.Spec.ResourceAttributes = &authzv1.ResourceAttributes{Verb: a.Verb, Group: a.APIGroup, Version: a.APIVersion,
			Resource: a.Resource, Subresource: a.Subresource, Namespace: a.Namespace, Name: a.Name,
			LabelSelector: labelSelector(a.LabelSelectorRequirements)}
	} else {
		review.Spec.NonResourceAttributes = &authzv1.NonResourceAttributes{Verb: a.Verb, Path: a.Path}
	}
	body, err := json.Marshal(review)
	require.NoError(t, err)
	req := httptest.NewRequest(http.MethodPost, webhook.AuthorizePath, bytes.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	routes.Handler().ServeHTTP(rec, req)
	require.Equal(t, http.StatusOK, rec.Code, rec.Body.String())
	require.NoError(t, json.Unmarshal(rec.Body.Bytes(), &review))
	return review.Status
}

// labelSelector writes requirements as kube-apiserver's webhook client does.
func labelSelector(reqs labels.Requirements) *authzv1.LabelSelectorAttributes {
	if len(reqs) == 0 {
		return nil
	}
	operators := map[selection.Operator]metav1.LabelSelectorOperator{
		selection.In: metav1.LabelSelectorOpIn, selection.Equals: metav1.LabelSelectorOpIn, selection.DoubleEquals: metav1.LabelSelectorOpIn,
		selection.NotIn: metav1.LabelSelectorOpNotIn, selection.NotEquals: metav1.LabelSelectorOpNotIn,
		selection.Exists: metav1.LabelSelectorOpExists, selection.DoesNotExist: metav1.LabelSelectorOpDoesNotExist,
	}
	selector := &authzv1.LabelSelectorAttributes{}
	for _, r := range reqs {
		selector.Requirements = append(selector.Requirements, metav1.LabelSelectorRequirement{Key: r.Key(), Operator: operators[r.Operator()], Values: r.ValuesUnsorted()})
	}
	return selector
}
