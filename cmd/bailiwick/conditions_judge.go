package main

import (
	"fmt"
	"reflect"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/bailiwick-dev/bailiwick/api/v1alpha1"
	"github.com/bailiwick-dev/bailiwick/policy"
)

// judgement is what a compiled policy says about the objects of our kinds.
type judgement struct {
	specs map[policy.Ref]any              // as they were compiled
	wrong map[policy.Ref]metav1.Condition // of those that are not in force, or only in part
}

func judge(objs *policy.Objects, problems []policy.Problem) *judgement {
	j := &judgement{specs: specsOf(objs), wrong: map[policy.Ref]metav1.Condition{}}
	for i := range problems {
		p := &problems[i]
		reason := v1alpha1.ReasonProblem
		switch {
		case p.Severity == policy.Error:
		case p.Object.Kind == "RoleAssignment" && p.Path == "spec.expires": // what ended as it should is only warned of
			reason = v1alpha1.ReasonEnded
		default:
			continue
		}
		if _, known := j.wrong[p.Object]; !known {
			j.wrong[p.Object] = metav1.Condition{Status: metav1.ConditionFalse, Reason: reason, Message: sentence(p)}
		}
	}
	return j
}

// sentence is what a Problem says to somebody who looks at its object.
func sentence(p *policy.Problem) string {
	text := p.Message
	if p.Path != "" {
		text = p.Path + ": " + text
	}
	if p.Hint != "" {
		text += "; " + p.Hint
	}
	return text
}

// specsOf are the specs of the objects of our kinds.
func specsOf(objs *policy.Objects) map[policy.Ref]any {
	specs := map[policy.Ref]any{}
	for _, o := range objs.RoleDefinitions {
		specs[o.Ref()] = &o.Spec
	}
	for _, o := range objs.RoleAssignments {
		specs[o.Ref()] = &o.Spec
	}
	for _, o := range objs.DataCenters {
		specs[o.Ref()] = &o.Spec
	}
	return specs
}

// conditionOf is the condition of an object. It is not known when the object has changed since the policy was compiled,
// and not told of one that is being deleted.
func (j *judgement) conditionOf(u *unstructured.Unstructured) (condition metav1.Condition, known bool, err error) {
	raw, err := u.MarshalJSON()
	if err != nil {
		return condition, false, err
	}
	ref, live := policy.Ref{Kind: u.GetKind(), Name: u.GetName()}, &policy.Objects{}
	unreadable := len(live.Add(raw, policy.Position{})) > 0 // then an older version is in force, and the Problem tells why
	condition, wrong := j.wrong[ref]
	switch {
	case u.GetDeletionTimestamp() != nil,
		unreadable && !wrong,
		!unreadable && !reflect.DeepEqual(j.specs[ref], specsOf(live)[ref]):
		return condition, false, nil
	case !wrong:
		condition = metav1.Condition{Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonInForce}
	}
	condition.Type, condition.ObservedGeneration = v1alpha1.ConditionReady, u.GetGeneration()
	return condition, true, nil
}

// writeTo writes the condition into an object, and says whether that changed it.
func (j *judgement) writeTo(u *unstructured.Unstructured) (bool, error) {
	condition, known, err := j.conditionOf(u)
	if err != nil || !known {
		return false, err
	}
	var status v1alpha1.Status
	content, _, err := unstructured.NestedMap(u.Object, "status")
	if err == nil {
		err = runtime.DefaultUnstructuredConverter.FromUnstructured(content, &status)
	}
	if err != nil {
		return false, fmt.Errorf("reading the status of %s: %w", policy.Ref{Kind: u.GetKind(), Name: u.GetName()}, err)
	}
	if !meta.SetStatusCondition(&status.Conditions, condition) {
		return false, nil
	}
	u.Object["status"], err = runtime.DefaultUnstructuredConverter.ToUnstructured(&status)
	return err == nil, err
}
