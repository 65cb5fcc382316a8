// Package oracle compares what Bailiwick says about RBAC-shaped rules with what the RBAC authorizer of kube-apiserver
// says. The module is apart from the main one because k8s.io/kubernetes declares replacements that only a module which
// requires it can give; nothing but this test needs it.
package oracle
