package e2e_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	authzv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/bailiwick-dev/bailiwick/e2e/controlplane"
	"github.com/bailiwick-dev/bailiwick/e2e/wired"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
	"github.com/bailiwick-dev/bailiwick/policy/manifest"
	"github.com/bailiwick-dev/bailiwick/policy/watch"
)

const (
	fooInside = "system:serviceaccount:projectsveltos:default--foo"
	inForce   = 20 * time.Second // how long a change may take on a machine that is busy; usually it is 0.2 s
)

// outage is how long the API server stays away. BAILIWICK_OUTAGE makes it longer.
func outage() time.Duration {
	if d, err := time.ParseDuration(os.Getenv("BAILIWICK_OUTAGE")); err == nil {
		return d
	}
	return 3 * time.Second
}

// The steps build on each other: one API server goes through everything that can happen to it.
func TestWatch(t *testing.T) {
	api := management(t)
	admin := clientFor(t, api.Admin())
	examples, _, err := load.Paths(nil, filepath.Join("..", "examples", "policy"))
	require.NoError(t, err)
	all := kubeconfig(t, api, "bailiwick", watch.Rules(policy.Fleet|policy.Here, examples))
	state := t.TempDir()
	s := server(t, "--kubeconfig", all, "--state-dir", state)
	require.NoError(t, s.Start(t.Context()))
	require.False(t, may(t, s, fooInside), "there is no policy yet")
	objects := apply(t, admin, filepath.Join("..", "examples", "policy"))
	eventually(t, "the policy in force", func() bool { return may(t, s, fooInside) })
	eventually(t, "nothing left to read", func() bool { return readyz(t, s) == "ready" })
	role, request := objects["ConfigMap/full-access"], objects["RoleRequest/full-access"]

	t.Run("changes are in force within a second", func(t *testing.T) {
		var slowest time.Duration
		for i := range 6 {
			org := []string{"nowhere", "foo.io"}[i%2]
			setSelector(t, admin, request, map[string]any{"matchLabels": map[string]any{"org": org}})
			began := time.Now()
			eventually(t, "the change", func() bool { return may(t, s, fooInside) == (org == "foo.io") })
			slowest = max(slowest, time.Since(began))
		}
		t.Logf("a change was in force after %s at most", slowest)
		deleted := role.DeepCopy()
		require.NoError(t, admin.Delete(t.Context(), deleted))
		eventually(t, "the deletion", func() bool { return !may(t, s, fooInside) })
		role.SetResourceVersion("")
		require.NoError(t, admin.Create(t.Context(), role))
		eventually(t, "the object again", func() bool { return may(t, s, fooInside) })
	})

	t.Run("a version that cannot be used leaves the one before in force", func(t *testing.T) {
		generation := metric(t, s, "bailiwick_snapshot_generation")
		setSelector(t, admin, request, map[string]any{"matchExpressions": []any{map[string]any{"key": "org", "operator": "Like", "values": []any{"x"}}}})
		eventually(t, "the problem", func() bool { return metric(t, s, "bailiwick_snapshot_generation") != generation })
		require.Equal(t, "1", metric(t, s, `bailiwick_problems{kind="RoleRequest",severity="error"}`))
		require.True(t, may(t, s, fooInside))
		setSelector(t, admin, request, map[string]any{"matchLabels": map[string]any{"org": "foo.io"}})
		eventually(t, "no problem", func() bool { return metric(t, s, `bailiwick_problems{kind="RoleRequest",severity="error"}`) == "" })
	})

	t.Run("policy and facts can stand in two clusters", func(t *testing.T) {
		fleet := kubeconfig(t, api, "reader", watch.Rules(policy.Fleet, examples))
		here := kubeconfig(t, api, "local", watch.Rules(policy.Here, examples))
		two := server(t, "--kubeconfig", here, "--policy-kubeconfig", fleet)
		require.NoError(t, two.Start(t.Context()))
		eventually(t, "the policy", func() bool { return may(t, two, fooInside) })
		require.Equal(t, "ready", readyz(t, two))
		two.Stop()
	})

	t.Run("an API server that goes away", func(t *testing.T) {
		asking := ask(t, s, 4)
		require.NoError(t, api.KillAPIServer())
		began := time.Now()
		eventually(t, "the truth", func() bool { return strings.Contains(readyz(t, s), "ready, but stale: ") })
		require.Contains(t, readyz(t, s), "does not answer: dial tcp")
		require.Equal(t, "1", metric(t, s, "bailiwick_snapshot_stale"))
		eventually(t, "every kind stale", func() bool {
			return metric(t, s, `bailiwick_source_stale{kind="RoleRequest.lib.projectsveltos.io"}`) == "1"
		})
		time.Sleep(outage() - time.Since(began))
		asking.stop(t)

		s.Kill()
		require.NoError(t, s.Start(t.Context()), "with what it stored")
		require.True(t, may(t, s, fooInside))
		require.Contains(t, readyz(t, s), "ready, but stale: ")
		asking = ask(t, s, 4)

		without := server(t, "--kubeconfig", all)
		started := make(chan error, 1)
		go func() { started <- without.Start(t.Context()) }()
		eventually(t, "a server that starts", func() bool {
			_, err := without.Get(t.Context(), "/readyz")
			return err != nil && strings.Contains(err.Error(), "503 Service Unavailable: starting: the policy has not been read yet: waiting for ")
		})
		_, err := without.Ask(t.Context(), review(fooInside))
		require.ErrorContains(t, err, "503", "nothing stored and nobody to ask: kube-apiserver decides without it")

		require.NoError(t, api.StartAPIServer())
		back := time.Now()
		require.NoError(t, <-started)
		require.True(t, may(t, without, fooInside))
		without.Stop()
		eventually(t, "an end of the outage", func() bool { return readyz(t, s) == "ready" })
		t.Logf("everything was read again %s after the API server was back", time.Since(back))
		asking.stop(t)
		require.NoError(t, admin.Delete(t.Context(), role.DeepCopy()))
		eventually(t, "a change", func() bool { return !may(t, s, fooInside) })
		role.SetResourceVersion("")
		require.NoError(t, admin.Create(t.Context(), role))
		eventually(t, "the object again", func() bool { return may(t, s, fooInside) })
	})

	t.Run("a kind that is removed leaves what was known of it in force", func(t *testing.T) {
		asking := ask(t, s, 2)
		crd := &apiextensionsv1.CustomResourceDefinition{}
		scheme := runtime.NewScheme()
		require.NoError(t, apiextensionsv1.AddToScheme(scheme))
		crds, err := client.New(api.Admin(), client.Options{Scheme: scheme})
		require.NoError(t, err)
		require.NoError(t, crds.Get(t.Context(), client.ObjectKey{Name: "rolerequests.lib.projectsveltos.io"}, crd))
		require.NoError(t, crds.Delete(t.Context(), crd))
		eventually(t, "the truth", func() bool { return strings.Contains(readyz(t, s), "does not serve the kind") })
		require.Contains(t, readyz(t, s), "RoleRequest.lib.projectsveltos.io since ")
		asking.stop(t)

		crd.ObjectMeta = metav1.ObjectMeta{Name: crd.Name, Annotations: crd.Annotations}
		crd.Status = apiextensionsv1.CustomResourceDefinitionStatus{}
		require.NoError(t, crds.Create(t.Context(), crd))
		eventually(t, "the kind again, without objects", func() bool { return !may(t, s, fooInside) })
		require.Equal(t, "ready", readyz(t, s))
		request.SetResourceVersion("")
		eventually(t, "the object stored", func() bool { return admin.Create(t.Context(), request) == nil })
		eventually(t, "the object in force", func() bool { return may(t, s, fooInside) })
	})
}

// management starts an API server that asks nobody.
func management(t *testing.T) *controlplane.ControlPlane {
	t.Helper()
	return controlplane.ForTest(t, controlplane.Options{CRDs: []controlplane.CRDSet{controlplane.Sveltos, controlplane.Harvester}})
}

// server prepares bailiwick beside the cluster SveltosCluster:gke/production, until the test ends.
func server(t *testing.T, args ...string) *wired.Server {
	t.Helper()
	s, err := wired.NewServer(wired.Options{
		Binary: binary, Log: &testLog{t: t}, Args: append(args, "--cluster", "SveltosCluster:gke/production"),
	}, t.TempDir())
	require.NoError(t, err)
	t.Cleanup(s.Stop)
	return s
}

// kubeconfig is the file of a new user who may do what the rules say.
func kubeconfig(t *testing.T, api *controlplane.ControlPlane, user string, rules map[string][]rbacv1.PolicyRule) string {
	t.Helper()
	admin := clientFor(t, api.Admin())
	subjects := []rbacv1.Subject{{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: user}}
	for namespace, list := range rules {
		object := metav1.ObjectMeta{Namespace: namespace, Name: user}
		if namespace == "" {
			require.NoError(t, admin.Create(t.Context(), &rbacv1.ClusterRole{ObjectMeta: object, Rules: list}))
			require.NoError(t, admin.Create(t.Context(), &rbacv1.ClusterRoleBinding{ObjectMeta: object, Subjects: subjects,
				RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: user}}))
			continue
		}
		ensureNamespace(t, admin, namespace)
		require.NoError(t, admin.Create(t.Context(), &rbacv1.Role{ObjectMeta: object, Rules: list}))
		require.NoError(t, admin.Create(t.Context(), &rbacv1.RoleBinding{ObjectMeta: object, Subjects: subjects,
			RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: user}}))
	}
	cfg, err := api.User(user)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "kubeconfig")
	require.NoError(t, api.Kubeconfig(cfg, path))
	return path
}

func ensureNamespace(t *testing.T, admin client.Client, name string) {
	t.Helper()
	require.NoError(t, client.IgnoreAlreadyExists(admin.Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}})))
}

// apply creates the objects of a directory whose kinds the API server has, and returns them by kind and name.
func apply(t *testing.T, admin client.Client, dir string) map[string]*unstructured.Unstructured {
	t.Helper()
	objects := map[string]*unstructured.Unstructured{}
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for doc := range manifest.Documents(text) {
			u := &unstructured.Unstructured{}
			require.NoError(t, u.UnmarshalJSON(doc.JSON))
			if u.GetNamespace() != "" {
				ensureNamespace(t, admin, u.GetNamespace())
			}
			if err := admin.Create(t.Context(), u); !meta.IsNoMatchError(err) {
				require.NoError(t, err)
				objects[u.GetKind()+"/"+u.GetName()] = u
			}
		}
	}
	return objects
}

func setSelector(t *testing.T, admin client.Client, request *unstructured.Unstructured, selector map[string]any) {
	t.Helper()
	require.NoError(t, admin.Get(t.Context(), client.ObjectKeyFromObject(request), request))
	require.NoError(t, unstructured.SetNestedMap(request.Object, selector, "spec", "clusterSelector"))
	require.NoError(t, admin.Update(t.Context(), request))
}

func review(user string) authzv1.SubjectAccessReviewSpec {
	return authzv1.SubjectAccessReviewSpec{User: user, ResourceAttributes: &authzv1.ResourceAttributes{Verb: "get", Resource: "pods", Namespace: "x", Name: "y"}}
}

func may(t *testing.T, s *wired.Server, user string) bool {
	t.Helper()
	status, err := s.Ask(t.Context(), review(user))
	require.NoError(t, err)
	return status.Allowed
}

func readyz(t *testing.T, s *wired.Server) string {
	t.Helper()
	text, err := s.Get(t.Context(), "/readyz")
	require.NoError(t, err)
	return strings.TrimSpace(text)
}

// metric is the value of one series as it is printed, or nothing.
func metric(t *testing.T, s *wired.Server, series string) string {
	t.Helper()
	text, err := s.Get(t.Context(), "/metrics")
	require.NoError(t, err)
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, series+" "); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(inForce); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if ok() {
			return
		}
	}
	require.FailNow(t, "waited in vain for "+what)
}

// asking is a steady stream of questions that all have to be answered with yes.
type asking struct {
	cancel context.CancelFunc
	done   sync.WaitGroup
	mu     sync.Mutex
	count  int
	failed []string
}

func ask(t *testing.T, s *wired.Server, workers int) *asking {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	a := &asking{cancel: cancel}
	for range workers {
		a.done.Go(func() {
			for ctx.Err() == nil {
				status, err := s.Ask(ctx, review(fooInside))
				if ctx.Err() != nil {
					return
				}
				a.mu.Lock()
				a.count++
				if err != nil {
					a.failed = append(a.failed, err.Error())
				} else if !status.Allowed {
					a.failed = append(a.failed, "not allowed")
				}
				a.mu.Unlock()
				time.Sleep(2 * time.Millisecond)
			}
		})
	}
	return a
}

func (a *asking) stop(t *testing.T) {
	t.Helper()
	a.cancel()
	a.done.Wait()
	require.Empty(t, a.failed)
	t.Logf("%d questions were answered", a.count)
}
