package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/go-logr/logr"
	"github.com/stretchr/testify/require"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/bailiwick-dev/bailiwick/e2e/wired"
)

// What the demo promises in its titles is what the API server answers.
func TestDemo(t *testing.T) {
	if os.Getenv("KUBEBUILDER_ASSETS") == "" {
		t.Skip("KUBEBUILDER_ASSETS names no folder with etcd and kube-apiserver: run `make test`")
	}
	ctrllog.SetLogger(logr.Discard())
	binary, err := wired.Build(t.Context(), t.TempDir())
	require.NoError(t, err)
	root := t.TempDir()
	require.NoError(t, os.CopyFS(root+"/examples", os.DirFS("../../examples")))
	require.NoError(t, os.CopyFS(root+"/e2e/demo", os.DirFS(".")))
	t.Chdir(root)
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out, binary, true))
	for _, want := range []string{
		"clusterprofile.config.projectsveltos.io/deploy-kyverno-inside created",
		"projectsveltos.io/admin-name=foo,projectsveltos.io/serviceaccount-name=foo,projectsveltos.io/serviceaccount-namespace=default",
		`"org=bar.io"`,
		`but you are "foo"`,
		`The Setting "http-proxy" is invalid`,
		"setting.harvesterhci.io/http-proxy created",
		"No resources found in foo-eng namespace",
		`cannot list resource "pods" in API group "" in the namespace "bar-resource"`,
		"no - bailiwick: ",
		`allowed by RoleRequest "foo-access" via Role foo-eng/edit-role (ConfigMap default/foo-shared-access)`,
	} {
		require.Contains(t, out.String(), want)
	}
}
