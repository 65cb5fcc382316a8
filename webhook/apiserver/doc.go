// Package apiserver is about how kube-apiserver is told to ask webhooks: it writes the configuration files that make it
// ask Bailiwick, and judges any such configuration, whoever wrote it, for what locks a cluster or leaves it less guarded
// than it looks.
package apiserver
