package cluster_test

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
)

const policyChanges = 10

// changePolicy gives another tenant other clusters again and again. Each change has to be in force before the next.
func (c *target) changePolicy(t *testing.T) {
	t.Helper()
	client, err := dynamic.NewForConfig(c.config)
	require.NoError(t, err)
	requests := client.Resource(schema.GroupVersionResource{Group: "lib.projectsveltos.io", Version: "v1beta1", Resource: "rolerequests"})
	for i := range policyChanges {
		before := c.generations(t)
		request := &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "lib.projectsveltos.io/v1beta1", "kind": "RoleRequest",
			"metadata": map[string]any{"name": fmt.Sprintf("bar-%d", i)},
			"spec": map[string]any{
				"serviceAccountNamespace": "default", "serviceAccountName": "bar",
				"clusterSelector": map[string]any{"matchLabels": map[string]any{"org": fmt.Sprintf("bar-%d", i)}},
				"roleRefs":        []any{},
			},
		}}
		_, err := requests.Create(t.Context(), request, metav1.CreateOptions{})
		require.NoError(t, err)
		t.Cleanup(func() { c.must(t, "kubectl", "delete", "rolerequest", request.GetName()) })
		eventually(t, "the changed policy", func() error {
			for i, now := range c.generations(t) {
				if now <= before[i] {
					return fmt.Errorf("the policy is still number %d", now)
				}
			}
			return nil
		})
	}
}

// generations are the numbers of the policies in force, by pod, where pods can be reached from here.
func (c *target) generations(t *testing.T) []int {
	t.Helper()
	if c.dial == nil {
		return nil
	}
	client := &http.Client{Transport: &http.Transport{DialContext: c.dial, DisableKeepAlives: true}}
	var found []int
	for _, pod := range c.pods(t) {
		resp, err := client.Get("http://" + pod.Status.PodIP + ":9441/metrics")
		require.NoError(t, err)
		text, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		require.NoError(t, err)
		match := generation.FindSubmatch(text)
		require.NotNil(t, match)
		number, err := strconv.Atoi(string(match[1]))
		require.NoError(t, err)
		found = append(found, number)
	}
	return found
}

var generation = regexp.MustCompile(`(?m)^bailiwick_snapshot_generation ([0-9]+)$`)
