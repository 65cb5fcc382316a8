package main

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// manifest is an object as people write it: without status, and without what only the API server fills in.
type manifest struct {
	APIVersion string       `json:"apiVersion"`
	Kind       string       `json:"kind"`
	Metadata   manifestHead `json:"metadata"`
	Spec       any          `json:"spec"`
}

type manifestHead struct {
	Name   string            `json:"name"`
	Labels map[string]string `json:"labels,omitempty"`
}

func manifestOf(kind metav1.TypeMeta, meta metav1.ObjectMeta, spec any) manifest {
	return manifest{kind.APIVersion, kind.Kind, manifestHead{meta.Name, meta.Labels}, spec}
}
