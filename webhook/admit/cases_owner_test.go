package admit_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// commonPolicy is what all archives of a guard stand on: testdata/<guard>/policy.yaml, where there is one.
func commonPolicy(t *testing.T, guard string) string {
	data, err := os.ReadFile(filepath.Join("testdata", guard, "policy.yaml"))
	if os.IsNotExist(err) {
		return ""
	}
	require.NoError(t, err)
	return string(data) + "\n---\n"
}

// compareOwner looks at the labels with which an object would be stored.
func (c *guardCase) compareOwner(t *testing.T, got answer) {
	if c.Stamped == "" {
		return
	}
	var stored policy.Object
	require.NoError(t, json.Unmarshal([]byte(got.Object), &stored))
	if c.Stamped == "nobody" {
		require.NotContains(t, stored.Metadata.Labels, policy.LabelAdminName)
		require.NotContains(t, stored.Metadata.Labels, policy.LabelServiceAccountName)
		return
	}
	namespace, name, _ := strings.Cut(c.Stamped, "/")
	for key, value := range map[string]string{
		policy.LabelAdminName: name, policy.LabelServiceAccountName: name, policy.LabelServiceAccountNamespace: namespace,
	} {
		require.Equal(t, value, stored.Metadata.Labels[key], key)
	}
}

// compareMark looks at the creator with whose mark an object would be stored.
func (c *guardCase) compareMark(t *testing.T, got answer) {
	if c.Marked == "" {
		return
	}
	var stored policy.Object
	require.NoError(t, json.Unmarshal([]byte(got.Object), &stored))
	if c.Marked == "nobody" {
		require.NotContains(t, stored.Metadata.Annotations, policy.CreatorAnnotation)
		require.NotContains(t, stored.Metadata.Labels, policy.CreatorLabel)
		return
	}
	require.Equal(t, c.Marked, stored.Metadata.Annotations[policy.CreatorAnnotation])
	require.Equal(t, policy.CreatorID(c.Marked), stored.Metadata.Labels[policy.CreatorLabel])
}

// dependsOnItsCheck asks the guard again without the check that a case names: then nothing refuses the write, or does
// not warn of it in these words.
func (c *guardCase) dependsOnItsCheck(t *testing.T, snapshots policy.Holder, guard string, got answer) {
	if c.Check == "" {
		return
	}
	g := guardNamed(t, guard)
	at := slices.IndexFunc(g.Checks, func(check admit.Check) bool { return check.Name == c.Check })
	require.GreaterOrEqual(t, at, 0, "there is no check %s", c.Check)
	g.Checks = slices.Delete(slices.Clone(g.Checks), at, at+1)
	req := c.request(t)
	if !c.Delete {
		req.Object.Raw = []byte(got.Object)
	}
	resp := review(t, &admit.Handler{Guard: g, Snapshots: snapshots}, req)
	if got.Refusal != nil {
		require.True(t, resp.Allowed, "without the check it is refused all the same: %v", resp.Result)
		return
	}
	for _, words := range c.Warns {
		require.NotContains(t, strings.Join(resp.Warnings, "\n"), words)
	}
}
