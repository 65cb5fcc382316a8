package watch

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	apiwatch "k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic/fake"
	clienttesting "k8s.io/client-go/testing"
	"sigs.k8s.io/yaml"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// fakeAPI is an API server in memory, of which tests say what it does not serve, does not allow, or whether it answers.
type fakeAPI struct {
	*fake.FakeDynamicClient
	t *testing.T

	mu     sync.Mutex
	served map[schema.GroupResource]string // the version that is served
	denied map[string]bool                 // resource, or resource/name
	down   bool
	open   []*apiwatch.RaceFreeFakeWatcher
}

// newFakeAPI serves the newest version of the kinds with these resources, and all kinds of Kubernetes itself.
func newFakeAPI(t *testing.T, resources ...string) *fakeAPI {
	a := &fakeAPI{t: t, served: map[schema.GroupResource]string{}, denied: map[string]bool{}}
	lists := map[schema.GroupVersionResource]string{definitions: "CustomResourceDefinitionList"}
	for _, k := range policy.Kinds() {
		for _, v := range k.Versions {
			lists[schema.GroupVersionResource{Group: k.Group, Version: v, Resource: k.Resource}] = k.Kind + "List"
		}
		if !k.Custom {
			a.serve(k, k.Versions[len(k.Versions)-1])
		}
	}
	a.FakeDynamicClient = fake.NewSimpleDynamicClientWithCustomListKinds(runtime.NewScheme(), lists)
	for _, resource := range resources {
		a.install(resource)
	}
	a.PrependReactor("*", "*", a.react)
	a.PrependWatchReactor("*", func(action clienttesting.Action) (bool, apiwatch.Interface, error) {
		handled, _, err := a.react(action)
		if handled {
			return true, nil, err
		}
		return a.watch(action)
	})
	return a
}

func (a *fakeAPI) serve(k policy.Served, version string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.served[schema.GroupResource{Group: k.Group, Resource: k.Resource}] = version
}

// install creates the definition of a custom kind.
func (a *fakeAPI) install(resource string) {
	for _, k := range policy.Kinds() {
		if k.Custom && k.Resource == resource {
			a.create("apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: " + resource + "." + k.Group + "}")
			a.serve(k, k.Versions[len(k.Versions)-1])
		}
	}
}

func (a *fakeAPI) react(action clienttesting.Action) (bool, runtime.Object, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	gvr := action.GetResource()
	name := ""
	switch action := action.(type) {
	case clienttesting.ListAction:
		name, _ = action.GetListRestrictions().Fields.RequiresExactMatch("metadata.name")
	case clienttesting.WatchAction:
		name, _ = action.GetWatchRestrictions().Fields.RequiresExactMatch("metadata.name")
	case clienttesting.GetAction:
	default:
		return false, nil, nil // a test that changes something
	}
	switch {
	case a.down:
		return true, nil, &url.Error{Op: "Get", URL: "https://fake/" + gvr.Resource, Err: errors.New("connection refused")}
	case a.denied[gvr.Resource] || a.denied[gvr.Resource+"/"+name]:
		return true, nil, apierrors.NewForbidden(gvr.GroupResource(), name, errors.New("not allowed"))
	case gvr != definitions && a.served[gvr.GroupResource()] != gvr.Version:
		return true, nil, apierrors.NewNotFound(gvr.GroupResource(), "")
	}
	return false, nil, nil
}

// watch lets a test end watches, as an API server does that goes away.
func (a *fakeAPI) watch(action clienttesting.Action) (bool, apiwatch.Interface, error) {
	from, err := a.Tracker().Watch(action.GetResource(), action.GetNamespace())
	if err != nil {
		return true, nil, err
	}
	to := apiwatch.NewRaceFreeFake()
	go func() {
		for event := range from.ResultChan() {
			to.Action(event.Type, event.Object)
		}
	}()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.open = append(a.open, to)
	return true, to, nil
}

func (a *fakeAPI) set(change func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change()
	for _, w := range a.open {
		w.Stop()
	}
	a.open = nil
}

func parse(t *testing.T, text string) (*unstructured.Unstructured, schema.GroupVersionResource) {
	t.Helper()
	u := &unstructured.Unstructured{}
	require.NoError(t, yaml.Unmarshal([]byte(text), &u.Object))
	gvk := u.GroupVersionKind()
	gvr := definitions
	for _, k := range policy.Kinds() {
		if k.GroupKind == gvk.GroupKind() {
			gvr = gvk.GroupVersion().WithResource(k.Resource)
		}
	}
	return u, gvr
}

func (a *fakeAPI) create(text string) {
	u, gvr := parse(a.t, text)
	require.NoError(a.t, a.Tracker().Create(gvr, u, u.GetNamespace()))
}

func (a *fakeAPI) update(text string) {
	u, gvr := parse(a.t, text)
	require.NoError(a.t, a.Tracker().Update(gvr, u, u.GetNamespace()))
}

func (a *fakeAPI) remove(text string) {
	u, gvr := parse(a.t, text)
	require.NoError(a.t, a.Tracker().Delete(gvr, u.GetNamespace(), u.GetName()))
}

// running is a source that is watched.
type running struct {
	*Source
	t     *testing.T
	reads atomic.Int64
	stop  func()
}

func fakeSource(a *fakeAPI, reads policy.Where) *Source {
	cl := &cluster{Cluster: Cluster{Reads: reads}, client: a, host: "https://fake"}
	s := newSource([]*cluster{cl}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	s.grace = 300 * time.Millisecond
	return s
}

func run(t *testing.T, s *Source) *running {
	t.Helper()
	r := &running{Source: s, t: t}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Watch(ctx, func() { r.reads.Add(1) }) }()
	r.stop = sync.OnceFunc(func() { cancel(); require.NoError(t, <-done) })
	t.Cleanup(r.stop)
	return r
}

// eventually waits until the bundle is as wanted, and returns it.
func (r *running) eventually(what string, ok func(*policy.Bundle) bool) *policy.Bundle {
	r.t.Helper()
	var last *policy.Bundle
	var err error
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if last, err = r.Read(); err == nil && ok(last) {
			return last
		}
	}
	require.FailNow(r.t, "waited in vain for "+what, "%v\n%+v", err, last)
	return nil
}

func (r *running) becomes(names string) *policy.Bundle {
	r.t.Helper()
	return r.eventually(names, func(b *policy.Bundle) bool { return contents(b) == names })
}

// contents are the names of RoleRequests, sources and settings.
func contents(b *policy.Bundle) string {
	var names []string
	for _, o := range b.Objects.RoleRequests {
		names = append(names, o.Metadata.Name+":"+o.Spec.Admin)
	}
	for _, o := range b.Objects.Sources {
		names = append(names, o.Kind+"/"+o.Metadata.Name)
	}
	for _, o := range b.Objects.Settings {
		names = append(names, o.Metadata.Name+"="+o.Value)
	}
	sortStrings(names)
	return strings.Join(names, " ")
}
