package admit_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	admissionv1 "k8s.io/api/admission/v1"
	admissionregv1 "k8s.io/api/admissionregistration/v1"
	authnv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/webhook"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/cel/environment"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// namespaceAttempt is a write of one of the kinds that the guard namespaces judges.
type namespaceAttempt struct {
	gvk             schema.GroupVersionKind
	namespace, name string
	operation       admission.Operation
	object, old     runtime.Object
	user            user.DefaultInfo
}

func randomNamespaceAttempt(r *rand.Rand) namespaceAttempt {
	one := func(list ...string) string { return list[r.IntN(len(list))] }
	a := namespaceAttempt{
		namespace: one("cattle-system", "team"),
		name:      one("cattle-system", "vault", "team", "cattle", "cattle-admin", "cattle-admin-binding", "proxy-clusterrole-kubeapiserver"),
		operation: admission.Operation(one("CREATE", "UPDATE", "DELETE")),
		user: user.DefaultInfo{Name: one("jane", "system:serviceaccount:cattle-system:cattle", "system:serviceaccount:kube-system:namespace-controller",
			"system:kube-controller-manager", "system:serviceaccount:kube-systems:x")},
	}
	if group := one("", "", "system:masters", "break-glass"); group != "" {
		a.user.Groups = []string{group}
	}
	make := func(meta metav1.ObjectMeta) runtime.Object {
		switch a.gvk.Kind {
		case "Namespace":
			return &corev1.Namespace{ObjectMeta: meta}
		case "ServiceAccount":
			return &corev1.ServiceAccount{ObjectMeta: meta}
		case "ClusterRole":
			return &rbacv1.ClusterRole{ObjectMeta: meta}
		default:
			return &rbacv1.ClusterRoleBinding{ObjectMeta: meta}
		}
	}
	a.gvk = []schema.GroupVersionKind{
		corev1.SchemeGroupVersion.WithKind("Namespace"), corev1.SchemeGroupVersion.WithKind("ServiceAccount"),
		rbacv1.SchemeGroupVersion.WithKind("ClusterRole"), rbacv1.SchemeGroupVersion.WithKind("ClusterRoleBinding"),
	}[r.IntN(4)]
	random := func() runtime.Object {
		meta := metav1.ObjectMeta{Name: a.name}
		if a.gvk.Kind == "ServiceAccount" {
			meta.Namespace = a.namespace
		}
		meta.Annotations = []map[string]string{nil, {"a": "b"}, {"bailiwick.dev/allow-deletion": "true"}, {"bailiwick.dev/allow-deletion": "no"},
			{"field.cattle.io/projectId": "c:p"}, {"field.cattle.io/projectId": "c:q"}}[r.IntN(6)]
		meta.Labels = []map[string]string{nil, {"a": "b"}, {"field.cattle.io/projectId": "p"}}[r.IntN(3)]
		return make(meta)
	}
	if a.operation != admission.Delete {
		a.object = random()
	}
	if a.operation != admission.Create {
		a.old = random()
	}
	switch a.gvk.Kind {
	case "Namespace":
		a.namespace = a.name
	case "ClusterRole", "ClusterRoleBinding":
		a.namespace = ""
	}
	return a
}

func (a *namespaceAttempt) resource() schema.GroupVersionResource {
	return a.gvk.GroupVersion().WithResource(strings.ToLower(a.gvk.Kind) + "s")
}

// attributes are the write as kube-apiserver sees it. One of a collection names no object.
func (a *namespaceAttempt) attributes(collection bool) *admission.VersionedAttributes {
	name := a.name
	if collection {
		name = ""
	}
	attributes := admission.NewAttributesRecord(a.object, a.old, a.gvk, a.namespace, name, a.resource(), "", a.operation, nil, false, &a.user)
	return &admission.VersionedAttributes{Attributes: attributes, VersionedKind: a.gvk,
		VersionedObject: admission.NewLazyObject(a.object), VersionedOldObject: admission.NewLazyObject(a.old)}
}

func (a *namespaceAttempt) request(t *testing.T, collection bool) *admissionv1.AdmissionRequest {
	raw := func(o runtime.Object) runtime.RawExtension {
		if o == nil {
			return runtime.RawExtension{}
		}
		data, err := json.Marshal(o)
		require.NoError(t, err)
		return runtime.RawExtension{Raw: data}
	}
	req := &admissionv1.AdmissionRequest{UID: "u", Kind: metav1.GroupVersionKind(a.gvk), Resource: metav1.GroupVersionResource(a.resource()),
		Namespace: a.namespace, Operation: admissionv1.Operation(a.operation), UserInfo: authnv1.UserInfo{Username: a.user.Name, Groups: a.user.Groups},
		Object: raw(a.object), OldObject: raw(a.old)}
	if !collection {
		req.Name = a.name
	}
	return req
}

// selects says whether a webhook is told of the attempt as far as rules and selectors go.
func (a *namespaceAttempt) selects(w *admissionregv1.ValidatingWebhook) bool {
	named := w.NamespaceSelector == nil || slices.Contains(w.NamespaceSelector.MatchExpressions[0].Values, a.name)
	return named && slices.ContainsFunc(w.Rules, func(r admissionregv1.RuleWithOperations) bool {
		return slices.Contains(r.Resources, a.resource().Resource)
	})
}

// What kube-apiserver decides by itself, by our conditions and by the ValidatingAdmissionPolicy, is what the guard
// decides: it asks about all that would be refused, about no other deletion, and the policy refuses the same ones.
func TestNamespacesInCEL(t *testing.T) {
	snapshots := compile(t, "", policy.Options{ProtectedNamespaces: []string{"vault"}, BreakGlassGroups: []string{"break-glass"}})
	compiler := cel.NewConditionCompiler(environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()))
	matches := func(w *admissionregv1.ValidatingWebhook) func(*admission.VersionedAttributes) bool {
		matcher := webhook.NewValidatingWebhookAccessor(w.Name, "bailiwick", w).GetCompiledMatcher(compiler)
		return func(a *admission.VersionedAttributes) bool {
			result := matcher.Match(t.Context(), a, nil, nil)
			require.NoError(t, result.Error)
			return result.Matches
		}
	}
	_, validating := admit.Configurations([]admit.Guard{guardNamed(t, "namespaces")}, snapshots.Load(), byURL)
	var asked []func(*admission.VersionedAttributes) bool
	for i := range validating.Webhooks {
		asked = append(asked, matches(&validating.Webhooks[i]))
	}
	deletion, _ := admit.DeletionPolicy(snapshots.Load())
	refuses := matches(&admissionregv1.ValidatingWebhook{MatchConditions: append(deletion.Spec.MatchConditions,
		admissionregv1.MatchCondition{Name: "refused", Expression: "!(" + deletion.Spec.Validations[0].Expression + ")"})})

	handler := &admit.Handler{Guard: guardNamed(t, "namespaces"), Snapshots: snapshots}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	count := map[admission.Operation]int{}
	for n := range 5_000 {
		a := randomNamespaceAttempt(r)
		collection := n%2 == 0 && a.operation == admission.Delete && a.gvk.Kind != "Namespace"
		attributes := a.attributes(collection)
		told := false
		for i := range validating.Webhooks {
			told = told || a.selects(&validating.Webhooks[i]) && asked[i](attributes)
		}
		refused := !review(t, handler, a.request(t, collection)).Allowed
		if refused {
			count[a.operation]++
			require.True(t, told, "%+v", a)
		}
		if a.operation == admission.Delete {
			require.Equal(t, refused, told, "%+v", a)
			require.Equal(t, refused, refuses(attributes), "%+v", a)
		}
	}
	for _, op := range []admission.Operation{admission.Create, admission.Update, admission.Delete} {
		require.Greater(t, count[op], 50, op)
	}
}
