package authorizer_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apiserver/pkg/authentication/user"
	k8sauthorizer "k8s.io/apiserver/pkg/authorization/authorizer"

	"github.com/bailiwick-dev/bailiwick/authorizer"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
)

// management is a management cluster with the tenants default/foo, of today's form, and old, of the first one.
const management = `
apiVersion: lib.projectsveltos.io/v1beta1
kind: RoleRequest
metadata: {name: foo-access}
spec: {serviceAccountNamespace: default, serviceAccountName: foo, clusterSelector: {matchLabels: {env: x}}}
---
apiVersion: lib.projectsveltos.io/v1alpha1
kind: RoleRequest
metadata: {name: old-access}
spec: {admin: old, clusterSelector: env=west}
`

func managing(t testing.TB, texts ...string) k8sauthorizer.Authorizer {
	t.Helper()
	objs := &policy.Objects{}
	require.Empty(t, load.Text(objs, "policy.yaml", []byte(strings.Join(texts, "\n---\n"))))
	snap, problems := policy.Compile(objs, policy.Options{})
	require.Empty(t, problems)
	var p atomic.Pointer[policy.Snapshot]
	p.Store(snap)
	return authorizer.New(&p, authorizer.Options{})
}

// onProfiles is a request about ClusterProfiles.
func onProfiles(username, verb, name string, selector ...labels.Requirement) *k8sauthorizer.AttributesRecord {
	return &k8sauthorizer.AttributesRecord{User: &user.DefaultInfo{Name: username}, Verb: verb, Name: name, ResourceRequest: true,
		APIGroup: "config.projectsveltos.io", APIVersion: "v1beta1", Resource: "clusterprofiles", LabelSelectorRequirements: selector}
}

func selecting(t testing.TB, text string) labels.Requirements {
	t.Helper()
	reqs, err := labels.ParseToRequirements(text)
	require.NoError(t, err)
	return reqs
}

func allows(t testing.TB, authz k8sauthorizer.Authorizer, a k8sauthorizer.Attributes) bool {
	t.Helper()
	decision, _, err := authz.Authorize(t.Context(), a)
	require.NoError(t, err)
	require.NotEqual(t, k8sauthorizer.DecisionDeny, decision, "tenants are never denied: RBAC may allow more")
	return decision == k8sauthorizer.DecisionAllow
}

const (
	account   = "projectsveltos.io/serviceaccount-name"
	namespace = "projectsveltos.io/serviceaccount-namespace"
	adminName = "projectsveltos.io/admin-name"
)

// A name alone is not enough where two tenants have it: the label of the first form then tells nothing.
func TestAdminNameDoesNotTellTenantsOfOneNameApart(t *testing.T) {
	const another = `
apiVersion: lib.projectsveltos.io/v1beta1
kind: RoleRequest
metadata: {name: another}
spec: {serviceAccountNamespace: elsewhere, serviceAccountName: old, clusterSelector: {matchLabels: {env: z}}}
`
	byName := onProfiles("old", "list", "", selecting(t, adminName+"=old")...)
	require.True(t, allows(t, managing(t, management), byName))
	require.False(t, allows(t, managing(t, management, another), byName))
	both := onProfiles("old", "list", "", selecting(t, adminName+"=old,"+account+"=old,"+namespace+"=default")...)
	require.True(t, allows(t, managing(t, management, another), both))
}

// What cannot be read only makes the question broader.
func TestSelectorsThatCannotBeReadNarrowNothing(t *testing.T) {
	authz := managing(t, management)
	foo := "system:serviceaccount:default:foo"
	mine := account + "=foo," + namespace + "=default"
	require.True(t, allows(t, authz, onProfiles(foo, "list", "", selecting(t, mine+",n>3")...)), "the comparison only narrows")
	require.False(t, allows(t, authz, onProfiles(foo, "list", "", selecting(t, "n>3")...)))
	broken := onProfiles(foo, "list", "", selecting(t, account+"=foo")...)
	broken.LabelSelectorParsingErr = errors.New("an operator that nobody knows") // the other half could not be read
	require.False(t, allows(t, authz, broken))
}

// What a tenant is told about an object of another is what he is told about one that does not exist.
func TestAnothersObjectLooksLikeNone(t *testing.T) {
	const theirs = `
apiVersion: config.projectsveltos.io/v1beta1
kind: ClusterProfile
metadata: {name: secret-plan, labels: {projectsveltos.io/serviceaccount-name: old, projectsveltos.io/serviceaccount-namespace: default}}
spec: {clusterSelector: {matchLabels: {env: west}}}
`
	authz := managing(t, management, theirs)
	for _, verb := range []string{"get", "update", "patch", "delete", "list", "watch"} {
		said := map[string]bool{}
		for _, name := range []string{"secret-plan", "no-such"} {
			decision, reason, err := authz.Authorize(t.Context(), onProfiles("system:serviceaccount:default:foo", verb, name))
			require.NoError(t, err)
			require.Equal(t, k8sauthorizer.DecisionNoOpinion, decision)
			said[reason] = true
		}
		require.Len(t, said, 1, "%v", said)
		require.True(t, allows(t, authz, onProfiles("old", verb, "secret-plan")))
	}
}
