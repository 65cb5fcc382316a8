package render

import (
	"cmp"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// Vanished are those objects of a live cluster that were rendered for it once and are not any more, by nothing but their
// names. Objects without the label are never among them. Bindings come before the roles that they bind.
func (r *RBAC) Vanished(live *policy.Objects) []metav1.PartialObjectMetadata {
	rendered := map[policy.Ref]bool{}
	for _, o := range r.Objects {
		rendered[policy.Ref{Kind: o.GetObjectKind().GroupVersionKind().Kind, Namespace: o.GetNamespace(), Name: o.GetName()}] = true
	}
	gone := []metav1.PartialObjectMetadata{}
	add := func(o *policy.Object) {
		if o.Metadata.Labels[Label] == r.Cluster && !rendered[o.Ref()] {
			gone = append(gone, metav1.PartialObjectMetadata{TypeMeta: typeMeta(o.Kind),
				ObjectMeta: metav1.ObjectMeta{Namespace: o.Metadata.Namespace, Name: o.Metadata.Name}})
		}
	}
	for _, b := range live.Bindings {
		add(&b.Object)
	}
	for _, role := range live.Roles {
		add(&role.Object)
	}
	slices.SortFunc(gone, func(a, b metav1.PartialObjectMetadata) int {
		return cmp.Or(strings.Compare(b.Kind, a.Kind), strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
	})
	return gone
}
