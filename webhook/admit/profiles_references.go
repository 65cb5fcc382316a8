package admit

import (
	"cmp"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// unreadable keeps a tenant to objects of the management cluster that he may read himself, by its RBAC. Sveltos reads
// what a profile refers to with its own rights, Secrets of all namespaces among it (addon-controller
// controllers/templateresourcedef_utils.go and wherever GetReferenceResourceNamespace is called), and puts it into the
// tenant's clusters.
//
// What counts is the right to get the object, of the profile's owner and not of a human or a delegate who writes for
// him. A name that is a template can come to mean any object of its namespace. A namespace that is one, or is left out,
// means those of the clusters, where their credentials lie: then he has to hold the right in all namespaces.
//
// When the policy holds no RBAC nobody can tell, and the reference is refused. The resource of a kind that only
// templateResourceRefs can name is guessed as Kubernetes' own tools do; where that is wrong, only "*" helps.
func unreadable(w *profileWrite, object tree) []finding {
	var found []finding
	for _, row := range references {
		for _, path := range w.contentPaths(row.path) {
			for where, value := range each(object, path) {
				if f := w.readable(row.read(value, w.Request.Namespace)); f != nil {
					f.path = where
					found = append(found, *f)
				}
			}
		}
	}
	for _, path := range w.contentPaths("helmCharts[].repositoryURL") {
		for where, url := range texts(object, path) {
			if f := w.readable(fluxReference(url)); f != nil {
				f.path = where
				found = append(found, *f)
			}
		}
	}
	return found
}

// target is what a reference names.
type target struct {
	apiVersion, kind, namespace, name string
}

// read takes the fields of a reference. The namespace is that of a Profile, empty for other kinds.
func (r *reference) read(value any, namespace string) target {
	t := target{apiVersion: "v1", kind: cmp.Or(r.kind, text(value, "kind")), namespace: text(value, "namespace"), name: text(value, "name")}
	if namespace != "" && (r.own || t.namespace == "") {
		t.namespace = namespace
	}
	switch _, flux := fluxSources[strings.ToLower(t.kind)]; {
	case r.any:
		t.apiVersion = text(value, "apiVersion")
	case flux:
		t.apiVersion = fluxAPIVersion
	}
	return t
}

// fluxReference is what the URL of a Helm repository names, or nothing.
func fluxReference(url string) target {
	scheme, rest, _ := strings.Cut(url, "://")
	kind, ok := fluxSources[strings.ToLower(scheme)]
	if !ok {
		return target{}
	}
	parts := strings.SplitN(rest+"//", "/", 3)
	return target{apiVersion: fluxAPIVersion, kind: kind, namespace: parts[0], name: parts[1]}
}

// readable says what is wrong with a reference, if anything.
func (w *profileWrite) readable(t target) *finding {
	if t.kind == "" && t.name == "" {
		return nil // nothing is named: the other of two alternatives is used
	}
	gv, err := schema.ParseGroupVersion(t.apiVersion)
	if err != nil || t.kind == "" || isTemplate(t.apiVersion+t.kind) {
		return &finding{message: fmt.Sprintf("%s: kind %q of %q could come to be anything", t.ref(), t.kind, t.apiVersion)}
	}
	resource, _ := meta.UnsafeGuessKindToResource(gv.WithKind(t.kind))
	ask := &policy.Ask{Verb: "get", Group: gv.Group, Resource: resource.Resource, Namespace: t.namespace, Name: t.name}
	where := fmt.Sprintf("in namespace %q", t.namespace)
	if t.namespace == "" || isTemplate(t.namespace) {
		ask.Namespace, where = "", "in all namespaces, which it can mean"
	}
	if isTemplate(t.name) {
		ask.Name, where = "", where+", whatever their name"
	}
	switch {
	case w.Snapshot.TenantHolds(w.tenant, ask):
		return nil
	case !w.Snapshot.KnowsRBAC():
		return &finding{message: fmt.Sprintf("%s: the policy holds no RBAC, so nobody can tell whether %q may get %s", t.ref(), w.tenant.Owner, resource.Resource)}
	}
	return &finding{message: fmt.Sprintf("%s: %s may not get %s %s", t.ref(), w.who(), resource.Resource, where)}
}

func (t target) ref() policy.Ref {
	return policy.Ref{Kind: t.kind, Namespace: t.namespace, Name: t.name}
}
