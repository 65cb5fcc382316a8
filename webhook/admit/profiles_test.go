package admit_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// requests are two RoleRequests of foo, in the form of today, one of zebra, and one in the form of the first releases.
const requests = `
{apiVersion: lib.projectsveltos.io/v1beta1, kind: RoleRequest, metadata: {name: full-access},
 spec: {serviceAccountNamespace: default, serviceAccountName: foo, clusterSelector: {matchLabels: {org: foo.io}}}}
---
{apiVersion: lib.projectsveltos.io/v1beta1, kind: RoleRequest, metadata: {name: foo-access},
 spec: {serviceAccountNamespace: default, serviceAccountName: foo, clusterSelector: {matchExpressions: [{key: env, operator: In, values: [internal, test]}]}}}
---
{apiVersion: lib.projectsveltos.io/v1beta1, kind: RoleRequest, metadata: {name: zebra-access},
 spec: {serviceAccountNamespace: zebra-ns, serviceAccountName: zebra, clusterSelector: {matchLabels: {org: zebra.io}}}}
---
{apiVersion: lib.projectsveltos.io/v1alpha1, kind: RoleRequest, metadata: {name: first-form},
 spec: {admin: old, clusterSelector: "team=old"}}
---
{apiVersion: lib.projectsveltos.io/v1beta1, kind: SveltosCluster, metadata: {namespace: zebra-ns, name: zebra-cluster, labels: {org: zebra.io, env: production}}}
`

const (
	foo        = "system:serviceaccount:default:foo"
	zebra      = "system:serviceaccount:zebra-ns:zebra"
	controller = "system:serviceaccount:projectsveltos:addon-controller"
)

// Labels of owners, as YAML.
const (
	ofFoo   = "projectsveltos.io/admin-name: foo, projectsveltos.io/serviceaccount-name: foo, projectsveltos.io/serviceaccount-namespace: default"
	ofOld   = "projectsveltos.io/admin-name: old, projectsveltos.io/serviceaccount-name: old, projectsveltos.io/serviceaccount-namespace: default"
	ofZebra = "projectsveltos.io/admin-name: zebra, projectsveltos.io/serviceaccount-name: zebra, projectsveltos.io/serviceaccount-namespace: zebra-ns"
)

// profile is a ClusterProfile with labels and a clusterSelector.
func profile(labels, selector string) string {
	return fmt.Sprintf("{apiVersion: config.projectsveltos.io/v1beta1, kind: ClusterProfile, metadata: {name: p, labels: {%s}}, spec: {clusterSelector: %s}}", labels, selector)
}

// dying is one that is being deleted.
func dying(labels, finalizers string) string {
	return fmt.Sprintf("{apiVersion: config.projectsveltos.io/v1beta1, kind: ClusterProfile, "+
		"metadata: {name: p, labels: {%s}, finalizers: [%s], deletionTimestamp: 2026-01-02T03:04:05Z}, spec: {clusterSelector: {matchLabels: {org: zebra.io}}}}", labels, finalizers)
}

const inside = "{matchLabels: {org: foo.io}}"

func profilesOf(t testing.TB) policy.Holder {
	return compile(t, requests, policy.Options{PlatformUsers: []string{"root"}, PlatformGroups: []string{"platform"}, Controllers: []string{"robot"}})
}

func TestStampsOnCreate(t *testing.T) {
	snapshots := profilesOf(t)
	for name, tc := range map[string]struct {
		write  write
		stored string
	}{
		"a profile without labels gets all three": {
			write{user: foo, object: "{apiVersion: config.projectsveltos.io/v1beta1, kind: ClusterProfile, metadata: {name: p}, spec: {clusterSelector: " + inside + "}}"},
			profile(ofFoo, inside)},
		"labels that are null are none": {
			write{user: foo, object: "{apiVersion: config.projectsveltos.io/v1beta1, kind: ClusterProfile, metadata: {name: p, labels: null}, spec: {clusterSelector: " + inside + "}}"},
			profile(ofFoo, inside)},
		"an empty set of labels":                     {write{user: foo, object: profile("", inside)}, profile(ofFoo, inside)},
		"other labels stay":                          {write{user: foo, object: profile("a/b: c, tier: web", inside)}, profile("a/b: c, tier: web, "+ofFoo, inside)},
		"a label that is right already stays":        {write{user: foo, object: profile("projectsveltos.io/admin-name: foo", inside)}, profile(ofFoo, inside)},
		"nothing changes when all of them are right": {write{user: foo, object: profile(ofFoo, inside)}, profile(ofFoo, inside)},
		"fields that we do not know stay, in a Profile too": {
			write{user: foo, object: "{apiVersion: config.projectsveltos.io/v1beta1, kind: Profile, metadata: {namespace: eng, name: p, uid: u}, spec: {syncMode: Once, new: [1, {}]}}"},
			"{apiVersion: config.projectsveltos.io/v1beta1, kind: Profile, metadata: {namespace: eng, name: p, uid: u, labels: {" + ofFoo + "}}, spec: {syncMode: Once, new: [1, {}]}}"},
		"a tenant of the first form, as a user": {
			write{user: "old", object: "{apiVersion: config.projectsveltos.io/v1alpha1, kind: ClusterProfile, metadata: {name: p}, spec: {clusterSelector: team=old}}"},
			"{apiVersion: config.projectsveltos.io/v1alpha1, kind: ClusterProfile, metadata: {name: p, labels: {" + ofOld + "}}, spec: {clusterSelector: team=old}}"},
		"a tenant of the first form, as a ServiceAccount": {
			write{user: "system:serviceaccount:default:old", object: profile("", "{matchLabels: {team: old}}")}, profile(ofOld, "{matchLabels: {team: old}}")},

		"a platform admin writes what he likes, by group":   {write{user: "jane", groups: []string{"platform"}, object: profile(ofZebra, "{}")}, profile(ofZebra, "{}")},
		"a platform admin writes what he likes, by name":    {write{user: "root", object: profile("", inside)}, profile("", inside)},
		"so do the masters of the cluster":                  {write{user: "jane", groups: []string{"system:masters"}, object: profile("", inside)}, profile("", inside)},
		"a controller that is configured creates profiles":  {write{user: "robot", object: profile("", inside)}, profile("", inside)},
		"a platform admin may be a tenant and stays free":   {write{user: foo, groups: []string{"platform"}, object: profile("", "{}")}, profile("", "{}")},
		"a selector that matches nothing is stamped anyway": {write{user: foo, object: profile("", "{}")}, profile(ofFoo, "{}")},
	} {
		t.Run(name, func(t *testing.T) {
			got := submit(t, snapshots, "profiles", tc.write)
			require.Nil(t, got.Refusal)
			require.JSONEq(t, string(request(t, write{object: tc.stored}).Object.Raw), got.Object)
		})
	}
}

func TestRefusedOnCreate(t *testing.T) {
	snapshots := profilesOf(t)
	for name, tc := range map[string]struct {
		write   write
		code    int32
		message string
	}{
		"the label of another tenant": {write{user: foo, object: profile("projectsveltos.io/admin-name: zebra", inside)}, 403,
			`label projectsveltos.io/admin-name is "zebra", but you are "foo": leave the label out, it is written for you`},
		"an empty label": {write{user: foo, object: profile(`projectsveltos.io/serviceaccount-name: ""`, inside)}, 403,
			`label projectsveltos.io/serviceaccount-name is "", but you are "foo": leave the label out, it is written for you`},
		"a user without a RoleRequest": {write{user: "jane", object: profile("", inside)}, 403,
			`no RoleRequest gives "jane" any cluster: ask a platform admin for one`},
		"the account of that name in another namespace": {write{user: "system:serviceaccount:other:foo", object: profile(ofFoo, inside)}, 403,
			`no RoleRequest gives "system:serviceaccount:other:foo" any cluster: ask a platform admin for one`},
		"a user called like an account": {write{user: "foo", object: profile("", inside)}, 403,
			`no RoleRequest gives "foo" any cluster: ask a platform admin for one`},
	} {
		t.Run(name, func(t *testing.T) {
			got := submit(t, snapshots, "profiles", tc.write)
			require.NotNil(t, got.Refusal)
			require.Equal(t, tc.message, got.Refusal.Message)
			require.Equal(t, tc.code, got.Refusal.Code)
		})
	}
}

// The API server would not send such an object, since it knows the type of labels; nobody is stamped on a guess.
func TestObjectThatCannotBeRead(t *testing.T) {
	for _, user := range []string{foo, "jane"} {
		got := submit(t, profilesOf(t), "profiles", write{user: user,
			object: "{apiVersion: config.projectsveltos.io/v1beta1, kind: ClusterProfile, metadata: {name: p, labels: [a]}}"})
		require.NotNil(t, got.Refusal)
		require.Regexp(t, "^reading the object: json: cannot unmarshal array", got.Refusal.Message)
		require.EqualValues(t, 422, got.Refusal.Code)
	}
}
