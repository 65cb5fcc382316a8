// Package e2e_test holds what only a real kube-apiserver can show.
package e2e_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-logr/logr"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/yaml"

	"github.com/bailiwick-dev/bailiwick/e2e/controlplane"
	"github.com/bailiwick-dev/bailiwick/e2e/wired"
)

var binary string // the bailiwick program, built once

func TestMain(m *testing.M) {
	ctrllog.SetLogger(logr.Discard())
	os.Exit(func() int {
		if os.Getenv("KUBEBUILDER_ASSETS") == "" {
			return m.Run() // every test skips
		}
		dir, err := os.MkdirTemp("", "bailiwick-e2e-")
		if err == nil {
			defer os.RemoveAll(dir)
			binary, err = wired.Build(context.Background(), dir)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return m.Run()
	}())
}

// start runs bailiwick on a policy directory and a kube-apiserver that asks it, until the test ends.
func start(t *testing.T, policyDir string, crds []controlplane.CRDSet, args ...string) *wired.System {
	t.Helper()
	log := &testLog{t: t}
	system, err := wired.Start(t.Context(), wired.Options{
		Assets: controlplane.Assets(t), Binary: binary, PolicyDir: policyDir, Args: args, CRDs: crds, Log: log,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, system.Stop()) })
	return system
}

// testLog shows what the server logged when the test failed.
type testLog struct{ t *testing.T }

func (l *testLog) Write(p []byte) (int, error) {
	l.t.Logf("bailiwick: %s", p)
	return len(p), nil
}

func clientFor(t *testing.T, cfg *rest.Config) client.Client {
	t.Helper()
	c, err := client.New(cfg, client.Options{})
	require.NoError(t, err)
	return c
}

// account is a client that uses the token of a ServiceAccount.
func account(t *testing.T, s *wired.System, namespace, name string) client.Client {
	t.Helper()
	cfg, err := s.ServiceAccountToken(t.Context(), namespace, name)
	require.NoError(t, err)
	return clientFor(t, cfg)
}

// letTenantsWriteProfiles gives what a platform admin gives on the management cluster: the right to write profiles at
// all. Which ones is for Bailiwick to say.
func letTenantsWriteProfiles(t *testing.T, admin client.Client) {
	t.Helper()
	meta := metav1.ObjectMeta{Name: "tenants"}
	require.NoError(t, admin.Create(t.Context(), &rbacv1.ClusterRole{ObjectMeta: meta, Rules: []rbacv1.PolicyRule{{
		APIGroups: []string{"config.projectsveltos.io"},
		Resources: []string{"clusterprofiles", "profiles"},
		Verbs:     []string{"*"},
	}}}))
	require.NoError(t, admin.Create(t.Context(), &rbacv1.ClusterRoleBinding{ObjectMeta: meta,
		RoleRef:  rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: meta.Name},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.GroupKind, APIGroup: rbacv1.GroupName, Name: "system:serviceaccounts:default"}},
	}))
}

// example reads one object of the examples.
func example(t *testing.T, path string) *unstructured.Unstructured {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "examples", path))
	require.NoError(t, err)
	return object(t, string(data))
}

func object(t *testing.T, text string) *unstructured.Unstructured {
	t.Helper()
	u := &unstructured.Unstructured{}
	require.NoError(t, yaml.Unmarshal([]byte(text), &u.Object))
	return u
}

// copyOf copies the policy of the examples, to be changed by a test.
func copyOf(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	require.NoError(t, os.CopyFS(to, os.DirFS(filepath.Join("..", "examples", dir))))
	return to
}

func pods() *corev1.PodList { return &corev1.PodList{} }
