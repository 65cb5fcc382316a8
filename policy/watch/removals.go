package watch

import (
	"context"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// An API server that deletes a CustomResourceDefinition marks it first, and then deletes its objects one by one. So
// whoever sees an object go and asks for the definition afterwards knows which of the two was meant.

var definitions = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}

const (
	judgeTimeout = 2 * time.Second
	// judgeAgain is how often a kind that is being removed is looked at, when nothing else happens to it.
	judgeAgain = 10 * time.Second
)

// judgeRemovals makes the removal of objects count where their kinds stay. It says whether Read returns something else.
func (s *Source) judgeRemovals(ctx context.Context, news bool) bool {
	s.mu.Lock()
	var waiting []*collection
	for _, c := range s.collections {
		if c.removals && (news || !c.ending || time.Since(c.judged) > judgeAgain) {
			waiting = append(waiting, c)
		}
	}
	s.mu.Unlock()
	changed := false
	for _, c := range waiting {
		stays, known := c.stays(ctx)
		s.mu.Lock()
		c.judged = time.Now()
		if known {
			changed = changed || stays || !c.ending
			c.ending = !stays
		}
		if known && stays {
			c.acceptRemovals()
			s.revised(c, nil)
		}
		s.mu.Unlock()
	}
	return changed
}

// stays says whether the kind is there to stay, and whether that is known at all.
func (c *collection) stays(ctx context.Context) (stays, known bool) {
	ctx, cancel := context.WithTimeout(ctx, judgeTimeout)
	defer cancel()
	client, _ := c.cluster.api()
	crd, err := client.Resource(definitions).Get(ctx, c.Resource+"."+c.Group, metav1.GetOptions{})
	switch {
	case err == nil:
		return crd.GetDeletionTimestamp() == nil, true
	case apierrors.IsNotFound(err):
		return false, true
	case apierrors.IsForbidden(err):
		return true, true // whoever did not want it looked up takes removals as they come
	default:
		return false, false
	}
}
