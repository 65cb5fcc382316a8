package e2e_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/watch"
)

// A node that joins a live cluster with an address outside noProxy is reported, and it joins all the same.
func TestSettingsWhenANodeJoins(t *testing.T) {
	api := management(t)
	admin := clientFor(t, api.Admin())
	s := server(t, "--kubeconfig", kubeconfig(t, api, "bailiwick", watch.Rules(policy.Fleet|policy.Here, &policy.Objects{})))
	require.NoError(t, s.Start(t.Context()))

	join(t, admin, "harv1", "192.168.20.11")
	proxy := harvesterSetting("http-proxy", "{}", `{"httpProxy":"http://p:3128","httpsProxy":"http://p:3128","noProxy":"192.168.20.0/24"}`)
	require.NoError(t, admin.Create(t.Context(), proxy))
	const series = `bailiwick_problems{kind="Setting",severity="warning"}`
	require.Empty(t, metric(t, s, series))

	began := time.Now()
	join(t, admin, "harv2", "192.168.21.12")
	eventually(t, "the problem", func() bool { return metric(t, s, series) == "1" })
	t.Logf("a node that noProxy leaves out was reported after %s", time.Since(began))

	proxy.Object["value"] = `{"httpProxy":"http://p:3128","httpsProxy":"http://p:3128","noProxy":"192.168.20.0/23"}`
	require.NoError(t, admin.Update(t.Context(), proxy))
	eventually(t, "no problem", func() bool { return metric(t, s, series) == "" })
}

func join(t *testing.T, admin client.Client, name, address string) {
	t.Helper()
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name}}
	require.NoError(t, admin.Create(t.Context(), node))
	node.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeInternalIP, Address: address}}
	require.NoError(t, admin.Status().Update(t.Context(), node))
}
