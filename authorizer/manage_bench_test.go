package authorizer_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	kauthorizer "k8s.io/apiserver/pkg/authorization/authorizer"
)

// crowd is a management cluster with many tenants, each with a profile.
func crowd(tb testing.TB, n int) kauthorizer.Authorizer {
	tb.Helper()
	docs := make([]string, n)
	for i := range docs {
		docs[i] = fmt.Sprintf(`
apiVersion: lib.projectsveltos.io/v1beta1
kind: RoleRequest
metadata: {name: r%[1]d}
spec: {serviceAccountNamespace: tenants, serviceAccountName: t%[1]d, clusterSelector: {matchLabels: {env: t%[1]d}}}
---
apiVersion: config.projectsveltos.io/v1beta1
kind: ClusterProfile
metadata: {name: p%[1]d, labels: {projectsveltos.io/serviceaccount-name: t%[1]d, projectsveltos.io/serviceaccount-namespace: tenants}}
spec: {clusterSelector: {matchLabels: {env: t%[1]d}}}
`, i)
	}
	return managing(tb, docs...)
}

// atManagement are questions of tenant 7.
func atManagement(tb testing.TB) map[string]*kauthorizer.AttributesRecord {
	tb.Helper()
	const me = "system:serviceaccount:tenants:t7"
	return map[string]*kauthorizer.AttributesRecord{
		"get":           onProfiles(me, "get", "p7"),
		"create":        onProfiles(me, "create", ""),
		"get another's": onProfiles(me, "get", "p8"),
		"list":          onProfiles(me, "list", "", selecting(tb, account+"=t7,"+namespace+"=tenants")...),
		"list all":      onProfiles(me, "list", ""),
		"no tenant":     onProfiles("somebody", "get", "p7"),
	}
}

// BenchmarkManages is promised to take at most 1 µs, however many tenants there are.
func BenchmarkManages(b *testing.B) {
	for _, n := range []int{10, 1000} {
		authz := crowd(b, n)
		for name, ask := range atManagement(b) {
			want, _, err := authz.Authorize(b.Context(), ask)
			require.NoError(b, err)
			b.Run(fmt.Sprintf("%s/tenants=%d", name, n), func(b *testing.B) { decide(b, authz, *ask, want) })
		}
	}
}

// Only a list's selector takes more, which is read for each request.
func TestManagingHardlyAllocates(t *testing.T) {
	authz := crowd(t, 10)
	for name, ask := range atManagement(t) {
		most := maxAllocs
		if name == "list" {
			most = 12
		}
		require.LessOrEqual(t, testing.AllocsPerRun(1000, func() { _, _, _ = authz.Authorize(context.Background(), ask) }), float64(most), name)
	}
}
