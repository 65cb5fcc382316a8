package admit_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

func TestDeletionPolicyAsYAML(t *testing.T) {
	p, binding := admit.DeletionPolicy(nil)
	first, err := yaml.Marshal(p)
	require.NoError(t, err)
	second, err := yaml.Marshal(binding)
	require.NoError(t, err)
	const file = "testdata/deletionpolicy.yaml"
	got := string(first) + "---\n" + string(second)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "to write it, run: go test ./webhook/admit -run TestDeletionPolicyAsYAML -update")
	require.Equal(t, string(want), got, "if this is meant, run: go test ./webhook/admit -run TestDeletionPolicyAsYAML -update")
}
