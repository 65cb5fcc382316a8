package watch

import (
	"context"
	"errors"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	apiwatch "k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
)

// The methods of this file are the calls that a reflector makes.

const (
	// listTimeout bounds one page. Watches have no bound: HTTP/2 pings find a connection that is dead.
	listTimeout = 30 * time.Second
	// pageSize keeps one page of large objects at a few megabytes.
	pageSize = 250
)

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
