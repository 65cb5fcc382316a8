package main

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"

	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/pager"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// conditions keeps the condition Ready of our own kinds up to date with the policy in force. Every replica does so: all
// of them say the same, and who comes second finds nothing to change.
type conditions struct {
	// connect makes a client. It is called each time, since a kubeconfig may have been renewed.
	connect func() (dynamic.Interface, error)
	latest  atomic.Pointer[judgement] // nil: there is no policy yet
	changes chan struct{}
	log     *slog.Logger
}

// writesConditions says whether our kinds stand in the cluster that is served. Another one is only read.
func writesConditions(c *config) bool {
	return (c.Kubeconfig != "" || c.InCluster) && c.PolicyKubeconfig == ""
}

// conditionRules let conditions be written. The objects themselves are read as policy.
func conditionRules() []rbacv1.PolicyRule {
	rule := rbacv1.PolicyRule{APIGroups: []string{policy.BailiwickGroup}, Verbs: []string{"update"}}
	for _, kind := range ourKinds() {
		rule.Resources = append(rule.Resources, kind.Resource+"/status")
	}
	return []rbacv1.PolicyRule{rule}
}

func ourKinds() []policy.Served {
	var ours []policy.Served
	for _, kind := range policy.Kinds() {
		if kind.Group == policy.BailiwickGroup {
			ours = append(ours, kind)
		}
	}
	return ours
}

// newConditions is nil when there is nothing to write.
func newConditions(c *config, f *feed, log *slog.Logger) *conditions {
	if !writesConditions(c) {
		return nil
	}
	w := &conditions{changes: make(chan struct{}, 1), log: log}
	w.connect = func() (dynamic.Interface, error) { return dynamicClient(c.Kubeconfig) }
	f.told = append(f.told, func(_ *policy.Snapshot, bundle *policy.Bundle, problems []policy.Problem) {
		w.latest.Store(judge(bundle.Objects, problems))
		trySend(w.changes)
	})
	return w
}

// Run writes whenever the policy has changed, and from time to time, until the context ends. It never fails.
func (w *conditions) Run(ctx context.Context) error {
	(&upkeep{
		do: w.write, changes: w.changes, log: w.log,
		failing: "the conditions of roles, assignments and data centers cannot be written",
		again:   "the conditions of roles, assignments and data centers are written again",
	}).run(ctx)
	return nil
}

// write brings the conditions of all objects up to date, one after another.
func (w *conditions) write(ctx context.Context) error {
	latest := w.latest.Load()
	if latest == nil {
		return nil
	}
	api, err := w.connect()
	if err != nil {
		return err
	}
	var errs []error
	for _, kind := range ourKinds() {
		objects := api.Resource(kind.WithVersion(kind.Versions[len(kind.Versions)-1]).GroupVersion().WithResource(kind.Resource))
		pages := pager.New(func(ctx context.Context, page metav1.ListOptions) (runtime.Object, error) {
			return objects.List(ctx, page)
		})
		err := pages.EachListItem(ctx, metav1.ListOptions{}, func(o runtime.Object) error {
			u := o.(*unstructured.Unstructured) //nolint:forcetypeassert // a dynamic client lists nothing else
			changed, err := latest.writeTo(u)
			if changed {
				_, err = objects.UpdateStatus(ctx, u, metav1.UpdateOptions{})
			}
			if apierrors.IsConflict(err) || apierrors.IsNotFound(err) {
				return nil // somebody was faster, and the next round sees what became of it
			}
			return err
		})
		if !apierrors.IsNotFound(err) { // the kind need not be installed
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
