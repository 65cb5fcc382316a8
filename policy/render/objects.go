package render

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// Object is a ClusterRole, a ClusterRoleBinding or a RoleBinding.
type Object interface {
	runtime.Object
	metav1.Object
}

// Bounds of one object. kubectl keeps a second copy of what it applies in an annotation, for which there are 256 KiB:
// a subject takes up to some 300 bytes.
const (
	maxSubjects = 500
	maxOrigins  = 20
)

// objects are the roles, and then what binds them: on the whole cluster first, since that has no namespace.
func (r *renderer) objects() []Object {
	all := []Object{}
	for _, name := range slices.Sorted(maps.Keys(r.roles)) {
		role := r.roles[name]
		all = append(all, &rbacv1.ClusterRole{TypeMeta: typeMeta("ClusterRole"), ObjectMeta: r.meta("", name, role.origins), Rules: role.rules})
	}
	for _, at := range slices.SortedFunc(maps.Keys(r.bound), scope.compare) {
		subjects := slices.SortedFunc(maps.Keys(r.bound[at].subjects), compareSubjects)
		number := 0
		for part := range slices.Chunk(subjects, maxSubjects) {
			all = append(all, r.binding(at, number, part))
			number++
		}
	}
	return all
}

func (r *renderer) binding(at scope, number int, subjects []rbacv1.Subject) Object {
	meta := r.meta(at.namespace, nameOf(r.cluster, at.namespace, at.role, number), r.bound[at].origins)
	ref := rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: at.role}
	if at.namespace == "" {
		return &rbacv1.ClusterRoleBinding{TypeMeta: typeMeta("ClusterRoleBinding"), ObjectMeta: meta, RoleRef: ref, Subjects: subjects}
	}
	return &rbacv1.RoleBinding{TypeMeta: typeMeta("RoleBinding"), ObjectMeta: meta, RoleRef: ref, Subjects: subjects}
}

func (s scope) compare(o scope) int {
	return cmp.Or(strings.Compare(s.namespace, o.namespace), strings.Compare(s.role, o.role))
}

func compareSubjects(a, b rbacv1.Subject) int {
	return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
}

func typeMeta(kind string) metav1.TypeMeta {
	return metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: kind}
}

func (r *renderer) meta(namespace, name string, origins map[string]bool) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name,
		Labels:      map[string]string{Label: r.cluster},
		Annotations: map[string]string{Origin: several(slices.Sorted(maps.Keys(origins)))}}
}

// several names things, a line each, and counts what would be too many.
func several(texts []string) string {
	if more := len(texts) - maxOrigins; more > 0 {
		texts = append(texts[:maxOrigins:maxOrigins], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(texts, "\n")
}
