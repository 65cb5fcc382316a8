package controlplane

import (
	"os"
	"testing"
)

// Assets is the folder for Options.Assets that the environment names. A test is skipped when it names none.
func Assets(t testing.TB) string {
	t.Helper()
	folder := os.Getenv("KUBEBUILDER_ASSETS")
	if folder == "" {
		t.Skip("KUBEBUILDER_ASSETS names no folder with etcd and kube-apiserver: run `make test`")
	}
	return folder
}

// ForTest is Start with these Assets, until the test ends.
func ForTest(t testing.TB, o Options) *ControlPlane {
	t.Helper()
	o.Assets = Assets(t)
	c, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	return c
}
