package controlplane

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// What is taken away is allowed no longer once the file is written with another time: kube-apiserver starts with no
// answers then.
func TestAnotherTimeForgetsAnswers(t *testing.T) {
	emptyTemp(t)
	w := newWebhook(t)
	kept := w.authorizer()
	kept.AuthorizedTTL = time.Hour
	c, err := Start(t.Context(), Options{Assets: Assets(t), Authorizer: kept, Out: t.Output()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Stop()) })
	cfg, err := c.User("alice", "tenants")
	alice := client(t, cfg, err)
	ask := func() int {
		_, err := alice.CoreV1().ConfigMaps("default").List(t.Context(), metav1.ListOptions{})
		require.NoError(t, err)
		return w.counted(w.asked, "alice")
	}
	require.Equal(t, 1, ask())
	require.Equal(t, 1, ask(), "the answer is kept")

	kept.AuthorizedTTL += time.Second
	_, err = writeAuthorization(c.dir, kept)
	require.NoError(t, err)
	require.Eventually(t, func() bool { return ask() == 2 }, 20*time.Second, 50*time.Millisecond)
	require.Equal(t, 2, ask(), "and kept again")
}
