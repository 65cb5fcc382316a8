package sar

import (
	"encoding/json"
	"errors"
	"fmt"

	authzv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
)

const (
	kind         = "SubjectAccessReview"
	groupV1      = "authorization.k8s.io/v1"
	groupV1beta1 = "authorization.k8s.io/v1beta1"
)

// review is a SubjectAccessReview without what does not decide: metadata, status and raw selectors.
type review struct {
	Kind       string `json:"kind"`
	APIVersion string `json:"apiVersion"`
	Spec       struct {
		ResourceAttributes    *resourceAttributes            `json:"resourceAttributes"`
		NonResourceAttributes *authzv1.NonResourceAttributes `json:"nonResourceAttributes"`
		User                  string                         `json:"user"`
		Groups                []string                       `json:"groups"`
		// Group is the name that v1beta1 has for groups.
		Group []string            `json:"group"`
		UID   string              `json:"uid"`
		Extra map[string][]string `json:"extra"`
	} `json:"spec"`
}

// resourceAttributes reads selectors as requirements only. A raw selector is never sent by kube-apiserver; reading it
// would let two parsers disagree about what it selects. Without it the question is the broader one, which is safe.
type resourceAttributes struct {
	Namespace     string        `json:"namespace"`
	Verb          string        `json:"verb"`
	Group         string        `json:"group"`
	Version       string        `json:"version"`
	Resource      string        `json:"resource"`
	Subresource   string        `json:"subresource"`
	Name          string        `json:"name"`
	FieldSelector fieldSelector `json:"fieldSelector"`
	LabelSelector labelSelector `json:"labelSelector"`
}

type fieldSelector struct {
	Requirements []metav1.FieldSelectorRequirement `json:"requirements"`
}

type labelSelector struct {
	Requirements []metav1.LabelSelectorRequirement `json:"requirements"`
}

// answer is what kube-apiserver reads of the response.
type answer struct {
	Kind       string                            `json:"kind"`
	APIVersion string                            `json:"apiVersion"`
	Status     authzv1.SubjectAccessReviewStatus `json:"status"`
}

// decode reads a review of either version and refuses what could be understood in two ways.
func decode(body []byte) (*review, error) {
	var r review
	if err := json.Unmarshal(body, &r); err != nil {
		return nil, fmt.Errorf("body is not a SubjectAccessReview: %w", err)
	}
	if r.Kind != kind || r.APIVersion != groupV1 && r.APIVersion != groupV1beta1 {
		return nil, fmt.Errorf("body is %q of %q, want %s of %s or %s", r.Kind, r.APIVersion, kind, groupV1, groupV1beta1)
	}
	if r.APIVersion == groupV1beta1 {
		r.Spec.Groups = r.Spec.Group
	}
	switch spec := &r.Spec; {
	case (spec.ResourceAttributes == nil) == (spec.NonResourceAttributes == nil):
		return nil, errors.New("exactly one of spec.resourceAttributes and spec.nonResourceAttributes is required")
	case spec.User == "" && len(spec.Groups) == 0:
		return nil, errors.New("at least one of spec.user and spec.groups is required")
	}
	return &r, nil
}

// attributes is the question that the review asks.
func (r *review) attributes() authorizer.AttributesRecord {
	who := &user.DefaultInfo{Name: r.Spec.User, UID: r.Spec.UID, Groups: r.Spec.Groups, Extra: r.Spec.Extra}
	if n := r.Spec.NonResourceAttributes; n != nil {
		return authorizer.AttributesRecord{User: who, Verb: n.Verb, Path: n.Path}
	}
	res := r.Spec.ResourceAttributes
	a := authorizer.AttributesRecord{
		User:            who,
		Verb:            res.Verb,
		Namespace:       res.Namespace,
		APIGroup:        res.Group,
		APIVersion:      res.Version,
		Resource:        res.Resource,
		Subresource:     res.Subresource,
		Name:            res.Name,
		ResourceRequest: true,
	}
	a.LabelSelectorRequirements, a.LabelSelectorParsingErr = labelRequirements(res.LabelSelector.Requirements)
	a.FieldSelectorRequirements, a.FieldSelectorParsingErr = fieldRequirements(res.FieldSelector.Requirements)
	return a
}

var labelOperators = map[metav1.LabelSelectorOperator]selection.Operator{
	metav1.LabelSelectorOpIn:           selection.In,
	metav1.LabelSelectorOpNotIn:        selection.NotIn,
	metav1.LabelSelectorOpExists:       selection.Exists,
	metav1.LabelSelectorOpDoesNotExist: selection.DoesNotExist,
}

// labelRequirements keeps what it understands and reports the rest. Requirements only narrow a request, so leaving one
// out asks for more than the caller does, never for less.
func labelRequirements(in []metav1.LabelSelectorRequirement) (labels.Requirements, error) {
	var out labels.Requirements
	var errs []error
	for _, req := range in {
		op, known := labelOperators[req.Operator]
		if !known {
			errs = append(errs, fmt.Errorf("label selector operator %q is not known", req.Operator))
			continue
		}
		r, err := labels.NewRequirement(req.Key, op, req.Values)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out = append(out, *r)
	}
	return out, utilerrors.NewAggregate(errs)
}

var fieldOperators = map[metav1.FieldSelectorOperator]selection.Operator{
	metav1.FieldSelectorOpIn:    selection.Equals,
	metav1.FieldSelectorOpNotIn: selection.NotEquals,
}

// fieldRequirements reads the two forms that parsed field selectors have: field=value and field!=value.
func fieldRequirements(in []metav1.FieldSelectorRequirement) (fields.Requirements, error) {
	var out fields.Requirements
	var errs []error
	for _, req := range in {
		op, known := fieldOperators[req.Operator]
		switch {
		case !known:
			errs = append(errs, fmt.Errorf("field selector operator %q is not known", req.Operator))
		case len(req.Values) != 1:
			errs = append(errs, fmt.Errorf("field selector on %q has %d values, want one", req.Key, len(req.Values)))
		default:
			out = append(out, fields.Requirement{Field: req.Key, Operator: op, Value: req.Values[0]})
		}
	}
	return out, utilerrors.NewAggregate(errs)
}
