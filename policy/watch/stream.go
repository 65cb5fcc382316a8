package watch

import (
	"context"
	"slices"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	apiwatch "k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
)

// backoff is how long to wait before an API server is asked again. It stays short: what was missed in an outage should
// be in force within seconds after it.
func backoff() wait.Backoff {
	return wait.Backoff{Duration: 200 * time.Millisecond, Factor: 2, Steps: 10, Cap: 3 * time.Second, Jitter: 0.5}
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
	asked   map[key]bool // what was wanted when it started; it passed by the rest
}

func newStream(s *Source, t target) *stream {
	st := &stream{target: t, source: s, settled: make(chan struct{}), asked: t.wanted}
	st.settle = sync.OnceFunc(func() { close(st.settled) })
	return st
}

// waits says whether the first policy has to wait for the stream. It is called with the source locked.
func (st *stream) waits() bool {
	select {
	case <-st.settled:
		return false
	default:
		return true
	}
}

// passedBy says whether a shared stream has ignored an object that is wanted now.
func (st *stream) passedBy() bool {
	if !st.shared() {
		return false
	}
	for k := range st.wanted {
		if st.covers(k) && !st.asked[k] {
			return true
		}
	}
	return false
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

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
