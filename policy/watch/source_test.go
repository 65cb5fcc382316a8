package watch

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy"
)

func sortStrings(s []string) { slices.Sort(s) }

func request(name, admin string, refs ...string) string {
	var list []string
	for _, ref := range refs {
		kind, object, _ := strings.Cut(ref, "/")
		list = append(list, fmt.Sprintf("{kind: %s, namespace: default, name: %s}", kind, object))
	}
	return fmt.Sprintf("apiVersion: lib.projectsveltos.io/v1beta1\nkind: RoleRequest\nmetadata: {name: %s}\nspec: {admin: %s, clusterSelector: {matchLabels: {org: foo}}, roleRefs: [%s]}",
		name, admin, strings.Join(list, ", "))
}

func source(kind, name string) string {
	return fmt.Sprintf("apiVersion: v1\nkind: %s\nmetadata: {name: %s, namespace: default}\ndata: {a: Yg==}", kind, name)
}

func setting(value string) string {
	return "apiVersion: harvesterhci.io/v1beta1\nkind: Setting\nmetadata: {name: log-level}\nvalue: " + value
}

const broken = "apiVersion: lib.projectsveltos.io/v1beta1\nkind: RoleRequest\nmetadata: {name: a}\nspec: {admin: x, clusterSelector: [1]}"

func TestFollowsWhatChanges(t *testing.T) {
	api := newFakeAPI(t, "rolerequests", "settings")
	api.create(request("a", "foo", "ConfigMap/roles", "Secret/more"))
	api.create(source("ConfigMap", "roles"))
	api.create(source("ConfigMap", "unrelated"))
	api.create(source("Secret", "more"))
	api.create(source("Secret", "unrelated"))
	r := run(t, fakeSource(api, policy.Fleet|policy.Here))
	b := r.becomes("ConfigMap/roles Secret/more a:foo")
	require.NoError(t, b.Stale)
	require.Empty(t, b.Problems)

	api.update(request("a", "bar", "ConfigMap/roles"))
	api.create(request("b", "foo", "ConfigMap/later"))
	r.becomes("ConfigMap/roles a:bar b:foo")
	api.create(source("ConfigMap", "later"))
	r.becomes("ConfigMap/later ConfigMap/roles a:bar b:foo")
	api.remove(source("ConfigMap", "roles"))
	api.remove(request("b", ""))
	b = r.becomes("a:bar")

	api.update(strings.Replace(request("a", "bar", "ConfigMap/roles"), "{name: a}", "{name: a, managedFields: [], resourceVersion: '9'}", 1))
	api.create(source("ConfigMap", "again-unrelated"))
	before := r.reads.Load()
	api.create(setting("debug"))
	next := r.becomes("a:bar log-level=debug")
	require.NotEqual(t, b.Sum, next.Sum)
	require.Eventually(t, func() bool { return r.reads.Load() == before+1 }, 5*time.Second, 10*time.Millisecond)
}

func TestKeepsTheLastGoodVersion(t *testing.T) {
	api := newFakeAPI(t, "rolerequests")
	api.create(request("a", "foo"))
	r := run(t, fakeSource(api, policy.Fleet))
	good := r.becomes("a:foo")
	api.update(broken)
	b := r.eventually("problems", func(b *policy.Bundle) bool { return len(b.Problems) > 0 })
	require.Equal(t, "a:foo", contents(b))
	require.NotEqual(t, good.Sum, b.Sum)
	require.Len(t, b.Problems, 2)
	require.Contains(t, b.Problems[0].String()+b.Problems[1].String(), "its last good version stays in force")
	require.Equal(t, `RoleRequest "a"`, b.Problems[1].Object.String())
	api.update(request("a", "bar"))
	b = r.becomes("a:bar")
	require.Empty(t, b.Problems)
	api.update(broken)
	api.remove(request("a", ""))
	b = r.becomes("")
	require.Empty(t, b.Problems)
}

func TestKindsComeAndGo(t *testing.T) {
	api := newFakeAPI(t, "rolerequests")
	api.create(request("a", "foo"))
	r := run(t, fakeSource(api, policy.Fleet|policy.Here))
	b := r.becomes("a:foo")
	require.NoError(t, b.Stale, "a kind that nobody installed is no trouble")

	api.install("settings")
	api.create(setting("info"))
	r.becomes("a:foo log-level=info")

	// An API server marks the definition and then deletes the objects, some of which finalizers hold for a while.
	api.update("apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: rolerequests.lib.projectsveltos.io, deletionTimestamp: '2026-01-01T00:00:00Z'}")
	api.update(strings.Replace(request("a", "foo"), "{name: a}", "{name: a, deletionTimestamp: '2026-01-01T00:00:00Z'}", 1))
	r.eventually("being removed", func(b *policy.Bundle) bool {
		return b.Stale != nil && strings.Contains(b.Stale.Error(), "is being removed")
	})
	api.remove(request("a", ""))
	crd, gvr := parse(t, "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: rolerequests.lib.projectsveltos.io}")
	require.NoError(t, api.Tracker().Delete(gvr, "", crd.GetName()))
	api.set(func() { delete(api.served, kindOf(t, "RoleRequest")) })
	b = r.eventually("a kind that is gone", func(b *policy.Bundle) bool {
		return b.Stale != nil && strings.Contains(b.Stale.Error(), "does not serve the kind")
	})
	require.Equal(t, "a:foo log-level=info", contents(b))
	require.Nil(t, b.Objects.RoleRequests[0].Metadata.DeletionTimestamp)
	require.Equal(t, []string{"RoleRequest.lib.projectsveltos.io"}, staleKinds(r.Source))

	api.install("rolerequests")
	api.create(request("b", "foo"))
	b = r.becomes("b:foo log-level=info")
	require.NoError(t, b.Stale)
}

func TestAPIServerGoesAndComes(t *testing.T) {
	api := newFakeAPI(t, "rolerequests", "settings")
	api.create(request("a", "foo", "Secret/s"))
	api.create(source("Secret", "s"))
	r := run(t, fakeSource(api, policy.Fleet|policy.Here))
	r.becomes("Secret/s a:foo")
	api.set(func() { api.down = true })
	b := r.eventually("everything stale", func(b *policy.Bundle) bool {
		return b.Stale != nil && strings.Contains(b.Stale.Error(), "more kinds since") && len(staleKinds(r.Source)) > 10
	})
	require.Equal(t, "Secret/s a:foo", contents(b))
	require.Contains(t, b.Stale.Error(), "https://fake does not answer: connection refused")
	api.create(setting("debug"))
	api.update(request("a", "bar", "Secret/s"))
	api.set(func() { api.down = false })
	r.becomes("Secret/s a:bar log-level=debug")
	r.eventually("nothing stale", func(b *policy.Bundle) bool { return b.Stale == nil })
}

func TestWhatIsNotAllowed(t *testing.T) {
	api := newFakeAPI(t, "rolerequests", "settings")
	api.create(request("a", "foo", "Secret/s", "ConfigMap/c"))
	api.create(source("ConfigMap", "c"))
	api.denied = map[string]bool{"rolerequests": true, "settings": true, "secrets/s": true}
	r := run(t, fakeSource(api, policy.Fleet|policy.Here))
	var err error
	require.Eventually(t, func() bool {
		_, err = r.Read()
		return err != nil && strings.HasSuffix(err.Error(), "waiting for RoleRequest.lib.projectsveltos.io (rolerequests.lib.projectsveltos.io is forbidden: not allowed)")
	}, 10*time.Second, 10*time.Millisecond, "without RoleRequests there is no policy, without settings there is")
	require.ErrorIs(t, err, ErrStarting)

	api.set(func() { delete(api.denied, "rolerequests") })
	b := r.becomes("ConfigMap/c a:foo")
	require.Len(t, b.Problems, 2)
	require.Contains(t, b.Problems[0].String(), "Secret default/s: cannot be read: ")
	require.Contains(t, b.Problems[1].String(), "cannot be read: settings.harvesterhci.io is forbidden")
	require.Error(t, b.Stale)

	api.create(source("Secret", "s"))
	api.set(func() { clear(api.denied) })
	r.becomes("ConfigMap/c Secret/s a:foo")
	b = r.eventually("no problems", func(b *policy.Bundle) bool { return len(b.Problems) == 0 })
	require.NoError(t, b.Stale)
}

func TestManyNamesInOneNamespace(t *testing.T) {
	for _, denied := range []bool{false, true} {
		t.Run(fmt.Sprintf("denied=%v", denied), func(t *testing.T) {
			api := newFakeAPI(t, "rolerequests")
			api.denied["configmaps/"] = denied
			var refs []string
			for i := range many + 1 {
				refs = append(refs, fmt.Sprintf("ConfigMap/c%02d", i))
				api.create(source("ConfigMap", fmt.Sprintf("c%02d", i)))
			}
			api.create(request("a", "foo", refs[:many-1]...))
			r := run(t, fakeSource(api, policy.Fleet))
			becomes := func(n int) { t.Helper(); r.becomes(strings.Join(refs[:n], " ") + " a:foo") }
			becomes(many - 1)
			require.Equal(t, many-1, r.streamsOf("ConfigMap"))
			api.update(request("a", "foo", refs[:many]...))
			becomes(many)
			api.update(request("a", "foo", refs...))
			becomes(len(refs))
			streams := 1
			if denied {
				streams = len(refs)
			}
			require.Eventually(t, func() bool { return r.streamsOf("ConfigMap") == streams }, 5*time.Second, 10*time.Millisecond)
			api.update(request("a", "foo", refs[0]))
			becomes(1)
			require.Eventually(t, func() bool { return r.streamsOf("ConfigMap") == 1 }, 5*time.Second, 10*time.Millisecond)
		})
	}
}

// The name of a source may be the same for each cluster, and its namespace that of the cluster.
func TestOneNameInManyNamespaces(t *testing.T) {
	api := newFakeAPI(t, "rolerequests", "sveltosclusters")
	for i := range many {
		ns := fmt.Sprintf("ns%02d", i)
		api.create("apiVersion: lib.projectsveltos.io/v1beta1\nkind: SveltosCluster\nmetadata: {name: c, namespace: " + ns + ", labels: {org: foo}}")
		api.create("apiVersion: v1\nkind: Secret\nmetadata: {name: roles, namespace: " + ns + "}")
		api.create("apiVersion: v1\nkind: Secret\nmetadata: {name: unrelated, namespace: " + ns + "}")
	}
	api.create(strings.Replace(request("a", "foo", "Secret/roles"), "namespace: default, ", "", 1))
	r := run(t, fakeSource(api, policy.Fleet))
	r.becomes(strings.Repeat("Secret/roles ", many) + "a:foo")
	require.Equal(t, 1, r.streamsOf("Secret"))
}

func (r *running) streamsOf(kind string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, st := range r.streams {
		if st.Kind == kind {
			n++
		}
	}
	return n
}

func staleKinds(s *Source) []string {
	var kinds []string
	for kind, stale := range s.Stale() {
		if stale {
			kinds = append(kinds, kind)
		}
	}
	slices.Sort(kinds)
	return kinds
}
