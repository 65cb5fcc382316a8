package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	authzv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/bailiwick-dev/bailiwick/e2e/load"
	"github.com/bailiwick-dev/bailiwick/webhook"
)

// What promises to disturb nobody is done while this is asked.
const (
	perSecond = 600
	enough    = 10_000 // so that an outage of a tenth of a second cannot be missed
)

// reviewOf asks what somebody may do.
func reviewOf(spec authzv1.SubjectAccessReviewSpec) *authzv1.SubjectAccessReview {
	return &authzv1.SubjectAccessReview{
		TypeMeta: metav1.TypeMeta{APIVersion: authzv1.SchemeGroupVersion.String(), Kind: "SubjectAccessReview"}, Spec: spec,
	}
}

// exampleQuestions are the requests of the examples, which a server for the cluster SveltosCluster:gke/internal answers.
func exampleQuestions(t *testing.T) []load.Question {
	t.Helper()
	var questions []load.Question
	for _, q := range []struct{ file, path, want string }{
		{"sar-allowed", webhook.AuthorizePath, `"allowed":true`},
		{"sar-refused", webhook.AuthorizePath, `"allowed":false`},
		{"admission-allowed", "/mutate/profiles", `"allowed":true`},
		{"admission-allowed", "/validate/profiles", `"allowed":true`},
		{"admission-refused", "/validate/profiles", `"allowed":false`},
	} {
		body, err := os.ReadFile(filepath.Join("..", "examples", "requests", q.file+".json"))
		require.NoError(t, err)
		questions = append(questions, load.Question{Path: q.path, Body: string(body), Want: q.want})
	}
	return questions
}

// startReviews has kube-apiserver ask about the first of the examples. It must keep no answers.
func startReviews(t *testing.T, admin client.Client) *load.Steady {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "examples", "requests", "sar-allowed.json"))
	require.NoError(t, err)
	var question authzv1.SubjectAccessReview
	require.NoError(t, json.Unmarshal(text, &question))
	return load.Every(t, 25*time.Millisecond, 1, func(ctx context.Context, _ int) error {
		review := question.DeepCopy()
		err := admin.Create(ctx, review)
		if err == nil && (!review.Status.Allowed || review.Status.EvaluationError != "") {
			err = fmt.Errorf("kube-apiserver was not told that it is allowed: %+v", review.Status)
		}
		return err
	})
}

// startWrites creates profiles through kube-apiserver, which asks about each, and stores none.
func startWrites(t *testing.T, as client.Client) *load.Steady {
	t.Helper()
	profile := example(t, "profiles/inside.yaml")
	return load.Every(t, 50*time.Millisecond, 1, func(ctx context.Context, _ int) error {
		return as.Create(ctx, profile.DeepCopy(), client.DryRunAll)
	})
}

// requireAnswered waits until enough was asked, and requires that each request was answered, and rightly.
func requireAnswered(t *testing.T, asked *load.Asking, throughAPI ...*load.Steady) {
	t.Helper()
	eventuallyWithin(t, 30*time.Second, "requests enough", func() bool { return asked.Answered.Load() >= enough })
	require.Empty(t, asked.Stop())
	var through int64
	for _, s := range throughAPI {
		require.Empty(t, s.Stop())
		through += s.Answered.Load()
	}
	t.Logf("%d requests, %.0f a second, over %d connections, and %d through kube-apiserver: none failed",
		asked.Answered.Load(), asked.Rate(), asked.Connections.Load(), through)
}

// times says how long requests took, the shortest first.
func times(took []time.Duration) string {
	at := func(share float64) time.Duration {
		return took[int(share*float64(len(took)-1))].Round(10 * time.Microsecond)
	}
	return fmt.Sprintf("half %s, 99%% %s, all %s", at(0.5), at(0.99), at(1))
}

// longer counts those that took longer.
func longer(took []time.Duration, than time.Duration) int {
	n, _ := slices.BinarySearch(took, than)
	return len(took) - n
}
