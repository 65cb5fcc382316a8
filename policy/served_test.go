package policy_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy"
)

func TestEveryKindIsServedSomewhere(t *testing.T) {
	for _, k := range policy.Kinds() {
		require.NotEmpty(t, k.Resource, "%s stands in kinds, but not in served", k.GroupKind)
		require.True(t, k.Named || k.Where != 0, "%s stands nowhere", k.GroupKind)
		require.NotNil(t, k.Fields)
	}
}
