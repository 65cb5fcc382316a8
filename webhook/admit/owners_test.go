package admit_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy"
)

func TestOwnersOnUpdate(t *testing.T) {
	const beyond = "{matchLabels: {org: zebra.io}}"
	const notYours = `ClusterProfile "p" is not yours: its owner labels do not name "default/foo"`
	const changed = controller + ` changes the owner labels of ClusterProfile "p"`
	snapshots := profilesOf(t)
	for name, tc := range map[string]struct {
		write   write
		message string // of the refusal
		stored  string // otherwise
	}{
		"the owner": {write{user: foo, old: profile(ofFoo, inside), object: profile("tier: web, "+ofFoo, inside)}, "", profile("tier: web, "+ofFoo, inside)},
		"the owner takes his labels off, and they are written again": {
			write{user: foo, old: profile(ofFoo, inside), object: profile("", inside)}, "", profile(ofFoo, inside)},
		"the name of the first releases, without a namespace, is nobody's of today's": {
			write{user: foo, old: profile("projectsveltos.io/admin-name: foo", inside), object: profile("projectsveltos.io/admin-name: foo", inside)}, notYours, ""},
		"the owner gives it away": {write{user: foo, old: profile(ofFoo, inside), object: profile("projectsveltos.io/admin-name: zebra", inside)},
			`label projectsveltos.io/admin-name is "zebra", but you are "foo": leave the label out, it is written for you`, ""},
		"another tenant":                              {write{user: foo, old: profile(ofZebra, beyond), object: profile(ofZebra, inside)}, notYours, ""},
		"another tenant writes his own labels":        {write{user: foo, old: profile(ofZebra, inside), object: profile(ofFoo, inside)}, notYours, ""},
		"another tenant takes the labels off":         {write{user: foo, old: profile(ofZebra, inside), object: profile("", inside)}, notYours, ""},
		"a tenant takes the profile of nobody":        {write{user: foo, old: profile("", inside), object: profile("", inside)}, notYours, ""},
		"the namespace alone makes nobody an owner":   {write{user: foo, old: profile("projectsveltos.io/serviceaccount-namespace: default", inside), object: profile("", inside)}, notYours, ""},
		"somebody without a RoleRequest":              {write{user: "jane", old: profile(ofFoo, inside), object: profile(ofFoo, inside)}, `no RoleRequest gives "jane" any cluster: ask a platform admin for one`, ""},
		"a platform admin gives it to another tenant": {write{user: "root", old: profile(ofFoo, inside), object: profile(ofZebra, inside)}, "", profile(ofZebra, inside)},

		"a controller updates":                  {write{user: controller, old: profile(ofFoo, inside), object: profile("tier: web, "+ofFoo, beyond)}, "", profile("tier: web, "+ofFoo, beyond)},
		"a controller changes the owner":        {write{user: controller, old: profile(ofFoo, inside), object: profile(ofZebra, inside)}, changed, ""},
		"a controller takes the labels off":     {write{user: controller, old: profile(ofFoo, inside), object: profile("", inside)}, changed, ""},
		"a controller writes labels anew":       {write{user: controller, old: profile("", inside), object: profile(ofFoo, inside)}, changed, ""},
		"a controller updates what nobody owns": {write{user: controller, old: profile("", inside), object: profile("tier: web", inside)}, "", profile("tier: web", inside)},

		"while it is deleted, somebody without a RoleRequest removes the finalizer": {
			write{user: "jane", old: dying(ofZebra, "a/b"), object: dying(ofZebra, "")}, "", dying(ofZebra, "")},
		"while it is deleted, a tenant removes the finalizer and nothing is stamped": {
			write{user: foo, old: dying("", "a/b"), object: dying("", "")}, "", dying("", "")},
		"while it is deleted, its owner hears nothing of the selector any more": {
			write{user: foo, old: dying(ofFoo, "a/b"), object: dying(ofFoo, "")}, "", dying(ofFoo, "")},
		"while it is deleted, a controller removes the finalizer": {
			write{user: controller, old: dying(ofFoo, "a/b"), object: dying(ofFoo, "")}, "", dying(ofFoo, "")},
	} {
		t.Run(name, func(t *testing.T) {
			got := submit(t, snapshots, "profiles", tc.write)
			if tc.message != "" {
				require.NotNil(t, got.Refusal)
				require.Equal(t, tc.message, got.Refusal.Message)
				require.EqualValues(t, 403, got.Refusal.Code)
				return
			}
			require.Nil(t, got.Refusal)
			require.Empty(t, got.Warnings)
			require.JSONEq(t, string(request(t, write{object: tc.stored}).Object.Raw), got.Object)
		})
	}
}

// In the form of the first releases a tenant is a name: a profile that carries only that is his, and gets the rest,
// while no account of the same name is a tenant too.
func TestOwnersByNameAlone(t *testing.T) {
	const byName = `
apiVersion: lib.projectsveltos.io/v1alpha1
kind: RoleRequest
metadata: {name: a}
spec: {admin: foo, clusterSelector: org=foo.io}
`
	const namesake = `---
apiVersion: lib.projectsveltos.io/v1beta1
kind: RoleRequest
metadata: {name: b}
spec: {serviceAccountNamespace: elsewhere, serviceAccountName: foo, clusterSelector: {matchLabels: {org: foo.io}}}
`
	bare := profile("projectsveltos.io/admin-name: foo", inside)
	got := submit(t, compile(t, byName, policy.Options{}), "profiles", write{user: "system:serviceaccount:default:foo", old: bare, object: bare})
	require.Nil(t, got.Refusal)
	require.JSONEq(t, string(request(t, write{object: profile(ofFoo, inside)}).Object.Raw), got.Object)
	for _, user := range []string{"system:serviceaccount:default:foo", "system:serviceaccount:elsewhere:foo"} {
		got = submit(t, compile(t, byName+namesake, policy.Options{}), "profiles", write{user: user, old: bare, object: bare})
		require.NotNil(t, got.Refusal, user)
		require.Contains(t, got.Refusal.Message, "is not yours")
	}
}

// Validation trusts no mutation: it may have been skipped, or undone by another webhook.
func TestValidationAloneChecksTheOwner(t *testing.T) {
	snapshots := profilesOf(t)
	const lacks = `ClusterProfile "p" does not carry your owner labels (projectsveltos.io/admin-name=foo, ` +
		`projectsveltos.io/serviceaccount-name=foo, projectsveltos.io/serviceaccount-namespace=default)`
	for name, tc := range map[string]struct {
		write   write
		message string
	}{
		"no label":          {write{user: foo, object: profile("", inside)}, lacks},
		"one label too few": {write{user: foo, object: profile("projectsveltos.io/admin-name: foo", inside)}, lacks},
		"the labels of another": {write{user: foo, object: profile(ofZebra, inside)},
			`label projectsveltos.io/admin-name is "zebra", but you are "foo": leave the label out, it is written for you`},
		"the profile of another":    {write{user: foo, old: profile(ofZebra, inside), object: profile(ofFoo, inside)}, `ClusterProfile "p" is not yours: its owner labels do not name "default/foo"`},
		"somebody without clusters": {write{user: "jane", object: profile(ofFoo, inside)}, `no RoleRequest gives "jane" any cluster: ask a platform admin for one`},
	} {
		t.Run(name, func(t *testing.T) {
			got := validate(t, snapshots, "profiles", tc.write)
			require.NotNil(t, got.Refusal)
			require.Equal(t, tc.message, got.Refusal.Message)
		})
	}
	require.Nil(t, validate(t, snapshots, "profiles", write{user: foo, object: profile(ofFoo, inside)}).Refusal)
}

// A tenant is told of his own grants only. None of these writes names zebra in what foo himself typed.
func TestNothingIsToldOfOtherTenants(t *testing.T) {
	snapshots := profilesOf(t)
	const zebras, everywhere = "{matchLabels: {org: zebra.io}}", "{matchExpressions: [{key: env, operator: Exists}]}"
	for name, w := range map[string]write{
		"a selector that reaches zebra's clusters":    {user: foo, object: profile("", everywhere)},
		"a user without a RoleRequest":                {user: "jane", object: profile("", everywhere)},
		"a patch of zebra's profile":                  {user: foo, old: profile(ofZebra, zebras), object: profile("tier: web, "+ofZebra, zebras)},
		"a patch of it that changes the selector":     {user: foo, old: profile(ofZebra, zebras), object: profile(ofZebra, everywhere)},
		"a patch of it by one who is nobody":          {user: "jane", old: profile(ofZebra, zebras), object: profile(ofZebra, zebras)},
		"a replacement of it":                         {user: foo, old: profile(ofZebra, zebras), object: profile(ofFoo, everywhere)},
		"a patch of one whose owner is half written":  {user: foo, old: profile("projectsveltos.io/admin-name: zebra", zebras), object: profile("projectsveltos.io/admin-name: zebra", zebras)},
		"a patch of one with a selector that is none": {user: foo, old: profile(ofZebra, "[zebra]"), object: profile(ofZebra, "[zebra]")},
	} {
		t.Run(name, func(t *testing.T) {
			for _, got := range []answer{submit(t, snapshots, "profiles", w), validate(t, snapshots, "profiles", w)} {
				require.NotNil(t, got.Refusal)
				told, err := json.Marshal([]any{got.Refusal, got.Warnings})
				require.NoError(t, err)
				require.NotContains(t, string(told), "zebra")
			}
		})
	}
}
