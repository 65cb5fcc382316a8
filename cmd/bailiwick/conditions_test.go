package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/bailiwick-dev/bailiwick/api/v1alpha1"
	"github.com/bailiwick-dev/bailiwick/policy"
)

func liveObject(t *testing.T, text string) *unstructured.Unstructured {
	t.Helper()
	u := &unstructured.Unstructured{}
	require.NoError(t, yaml.Unmarshal([]byte(text), &u.Object))
	u.SetAPIVersion(v1alpha1.GroupVersion)
	return u
}

func TestConditions(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	const ops = "subjects: [{kind: Group, name: ops}], object: {kind: System}"
	for _, tc := range []struct{ name, object, status, reason, message string }{
		{"a role", "{kind: RoleDefinition, metadata: {name: x}, spec: {type: User, actionGroups: [RUN_VM]}}", "True", "InForce", ""},
		{
			"a role, of which a part is not in force", "{kind: RoleDefinition, metadata: {name: x}, spec: {type: User, actionGroups: [RUN_VM, BACKUP_DISK, FLY]}}",
			"False", "Problem", "spec.actionGroups[1]: BACKUP_DISK is for administrator roles; leave it out, or make a role of type Admin",
		},
		{"a data center", "{kind: DataCenter, metadata: {name: x}, spec: {clusterSelector: {matchLabels: {a: b}}}}", "True", "InForce", ""},
		{"an assignment", "{kind: RoleAssignment, metadata: {name: x}, spec: {roleRef: {name: UserRole}, " + ops + "}}", "True", "InForce", ""},
		{
			"an assignment of no role", "{kind: RoleAssignment, metadata: {name: x}, spec: {roleRef: {name: nothing}, " + ops + "}}",
			"False", "Problem", `spec.roleRef: there is no role "nothing"`,
		},
		{
			"an assignment that ends", `{kind: RoleAssignment, metadata: {name: x}, spec: {roleRef: {name: UserRole}, expires: "2026-05-01T12:00:01Z", ` + ops + "}}",
			"True", "InForce", "",
		},
		{
			"an assignment that has ended", `{kind: RoleAssignment, metadata: {name: x}, spec: {roleRef: {name: UserRole}, expires: "2026-05-01T11:00:00Z", ` + ops + "}}",
			"False", "Ended", "spec.expires: the assignment ended at 2026-05-01T11:00:00Z; delete it, or set another time",
		},
		{
			"an assignment that cannot be read", "{kind: RoleAssignment, metadata: {name: x}, spec: {roleRef: {name: UserRole}, object: {}}}",
			"False", "Problem", "spec.object.kind: is required: it says on what the role is assigned",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			u := liveObject(t, tc.object)
			u.SetGeneration(7)
			raw, err := u.MarshalJSON()
			require.NoError(t, err)
			objs := &policy.Objects{}
			problems := objs.Add(raw, policy.Position{})
			_, found := policy.Compile(objs, policy.Options{Now: now})
			j := judge(objs, append(problems, found...))
			condition, known, err := j.conditionOf(u)
			require.NoError(t, err)
			require.True(t, known)
			require.Equal(t, metav1.Condition{Type: v1alpha1.ConditionReady, Status: metav1.ConditionStatus(tc.status), ObservedGeneration: 7,
				Reason: tc.reason, Message: tc.message}, condition)
		})
	}
}

// Only a difference is written, and only about what was judged.
func TestConditionsThatAreWritten(t *testing.T) {
	const role = "kind: RoleDefinition\nmetadata: {name: x, generation: 1}\nspec: {type: User, actionGroups: [RUN_VM]}"
	u := liveObject(t, role)
	raw, err := u.MarshalJSON()
	require.NoError(t, err)
	objs := &policy.Objects{}
	require.Empty(t, objs.Add(raw, policy.Position{}))
	good := judge(objs, nil)
	bad := judge(objs, []policy.Problem{{Severity: policy.Error, Object: objs.RoleDefinitions[0].Ref(), Message: "no"}})
	writes := func(j *judgement, u *unstructured.Unstructured) bool {
		t.Helper()
		changed, err := j.writeTo(u)
		require.NoError(t, err)
		return changed
	}
	ready := func() map[string]any {
		t.Helper()
		list, _, err := unstructured.NestedSlice(u.Object, "status", "conditions")
		require.NoError(t, err)
		require.Len(t, list, 1)
		return list[0].(map[string]any)
	}

	require.True(t, writes(good, u))
	require.False(t, writes(good, u))

	const before = "2020-01-01T00:00:00Z"
	condition := ready()
	condition["lastTransitionTime"] = before
	require.NoError(t, unstructured.SetNestedSlice(u.Object, []any{condition}, "status", "conditions"))
	u.SetGeneration(2)
	require.True(t, writes(good, u))
	require.Equal(t, before, ready()["lastTransitionTime"], "it is True as before")
	require.EqualValues(t, 2, ready()["observedGeneration"])
	require.True(t, writes(bad, u))
	require.NotEqual(t, before, ready()["lastTransitionTime"])

	for name, change := range map[string]func(*unstructured.Unstructured){
		"newer than the policy": func(u *unstructured.Unstructured) {
			require.NoError(t, unstructured.SetNestedStringSlice(u.Object, []string{"STOP_VM"}, "spec", "actionGroups"))
		},
		"not in the policy yet": func(u *unstructured.Unstructured) { u.SetName("new") },
		"being deleted":         func(u *unstructured.Unstructured) { u.SetDeletionTimestamp(&metav1.Time{Time: time.Unix(0, 0)}) },
	} {
		other := liveObject(t, role)
		change(other)
		require.False(t, writes(good, other), name)
	}
}
