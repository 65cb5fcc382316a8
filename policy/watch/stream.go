package watch

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	apiwatch "k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/cache"
)

const (
	// listTimeout bounds one page. Watches have no bound: HTTP/2 pings find a connection that is dead.
	listTimeout = 30 * time.Second
	// pageSize keeps one page of large objects at a few megabytes.
	pageSize = 250
)

// backoff is how long to wait before an API server is asked again. It stays short: what was missed in an outage should
// be in force within seconds after it.
func backoff() wait.Backoff {
	return wait.Backoff{Duration: 200 * time.Millisecond, Factor: 2, Steps: 10, Cap: 3 * time.Second, Jitter: 0.5}
}

// target is what a stream follows: a kind, in one namespace or all, with one name or any.
type target struct {
	*collection
	namespace string
	name      string
}

func (t target) covers(k key) bool {
	return (t.namespace == "" || t.namespace == k.Namespace) && (t.name == "" || t.name == k.Name)
}

// stream follows a target.
type stream struct {
	target
	source *Source
	cancel context.CancelFunc
	// settled is closed by settle: the objects were read, or waiting for them is no use.
	settled chan struct{}
	settle  func()

	// Guarded by the source.
	read    bool         // since the start
	stopped bool         // nothing that still arrives counts
	trouble *trouble     // why it may be out of date, or nil
	wanted  map[key]bool // what was wanted when it started, and passed by otherwise
}

func newStream(s *Source, t target) *stream {
	st := &stream{target: t, source: s, settled: make(chan struct{}), wanted: t.wanted}
	st.settle = sync.OnceFunc(func() { close(st.settled) })
	return st
}

// run follows the target until the context ends.
func (st *stream) run(ctx context.Context) {
	retry := backoff()
	for ctx.Err() == nil {
		began := time.Now()
		if err := st.newest(ctx); apierrors.IsNotFound(err) {
			st.source.absent(st)
		}
		if time.Since(began) > time.Minute {
			retry = backoff()
		}
		pause(ctx, retry.Step())
	}
}

// newest follows the newest version that the API server serves, until that fails.
func (st *stream) newest(ctx context.Context) error {
	var err error
	for _, v := range slices.Backward(st.Versions) {
		if err = st.follow(ctx, v); !apierrors.IsNotFound(err) {
			break
		}
	}
	return err
}

// follow lists and watches one version until that fails.
func (st *stream) follow(ctx context.Context, version string) error {
	gvr := schema.GroupVersionResource{Group: st.Group, Version: version, Resource: st.Resource}
	client, _ := st.cluster.api()
	calls := cache.ToListWatcherWithWatchListSemantics(&cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			return st.list(ctx, gvr, o)
		},
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (apiwatch.Interface, error) {
			return st.watch(ctx, gvr, o)
		},
	}, client)
	r := cache.NewReflectorWithOptions(calls, nil, store{st}, cache.ReflectorOptions{
		Name: st.String(), TypeDescription: st.String(), Backoff: new(backoff()),
	})
	r.WatchListPageSize = pageSize
	for ctx.Err() == nil {
		if err := r.ListAndWatchWithContext(ctx); err != nil {
			return err
		}
		pause(ctx, backoff().Duration) // the watch ended, and what is known has to be listed again
	}
	return nil
}

// list reads one page. It always asks for what is in force now: an answer from before a restart of the API server could
// bring back a grant that was taken away.
func (st *stream) list(ctx context.Context, gvr schema.GroupVersionResource, o metav1.ListOptions) (runtime.Object, error) {
	o.ResourceVersion = ""
	ctx, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	list, err := st.resource(gvr).List(ctx, st.only(o))
	if err := st.report(ctx, err); err != nil {
		return nil, err
	}
	return stripList(list, st.fields)
}

func (st *stream) watch(ctx context.Context, gvr schema.GroupVersionResource, o metav1.ListOptions) (apiwatch.Interface, error) {
	w, err := st.resource(gvr).Watch(ctx, st.only(o))
	if o.SendInitialEvents != nil && apierrors.IsInvalid(err) {
		return nil, err // an API server that cannot send a list as events; the reflector lists instead
	}
	return w, st.report(ctx, err)
}

func (st *stream) resource(gvr schema.GroupVersionResource) dynamic.ResourceInterface {
	client, _ := st.cluster.api()
	if st.namespace == "" {
		return client.Resource(gvr)
	}
	return client.Resource(gvr).Namespace(st.namespace)
}

func (st *stream) only(o metav1.ListOptions) metav1.ListOptions {
	if st.name != "" {
		o.FieldSelector = fields.OneTermEqualSelector(metav1.ObjectNameField, st.name).String()
	}
	return o
}

// report notes how a call ended, and passes its error on.
func (st *stream) report(ctx context.Context, err error) error {
	switch {
	case err == nil:
		st.source.reached(st)
	case errors.Is(ctx.Err(), context.Canceled), apierrors.IsNotFound(err):
		// We are ending, or there is no such kind in this version.
	default:
		st.source.failed(st, err)
		st.cluster.renew()
	}
	return err
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
