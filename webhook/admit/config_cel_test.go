package admit_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	admissionregv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/webhook"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/cel/environment"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// sourceAttempt is a write of a ConfigMap or Secret.
type sourceAttempt struct {
	kind, namespace, name string
	operation             admission.Operation
	object, old           map[string]string // labels
	user                  string
}

func randomAttempt(r *rand.Rand) sourceAttempt {
	one := func(list ...string) string { return list[r.IntN(len(list))] }
	labels := func() map[string]string {
		return []map[string]string{nil, {}, {"a": "b"}, {"a": "b", "projectsveltos.io/role-cluster": "c"}, {"projectsveltos.io/roles": "c"}}[r.IntN(5)]
	}
	return sourceAttempt{
		kind:      one("ConfigMap", "Secret"),
		namespace: one("grants", "gke", "default"),
		name: one("full-access", "more", "anywhere", "a", "special", "other", "roles-a-x", "roles-b-x", "roles--x", "roles-x", "x-roles-a-x",
			"c-kubeconfig", "c-sveltos-kubeconfig", "kubeconfig", "c-kubeconfig-x"),
		operation: admission.Operation(one("CREATE", "UPDATE", "DELETE")),
		object:    labels(), old: labels(),
		user: one("jane", "system:serviceaccount:kube-system:generic-garbage-collector", "system:kube-controller-manager", "system:serviceaccount:kube-systems:x"),
	}
}

// concerns says what kube-apiserver has to ask about, by what the guard judges.
func (a sourceAttempt) concerns(snap *policy.Snapshot) bool {
	ref := policy.Ref{Kind: a.kind, Namespace: a.namespace, Name: a.name}
	deleted := a.operation == admission.Delete
	if deleted && (strings.HasPrefix(a.user, "system:serviceaccount:kube-system:") || strings.HasPrefix(a.user, "system:kube-")) {
		return false
	}
	if len(snap.RequestsNaming(ref)) > 0 || slices.Contains(snap.KubeconfigSecrets(), ref) {
		return true
	}
	const label = "projectsveltos.io/role-cluster"
	carried := a.operation != admission.Create && a.old[label] != "" || !deleted && a.object[label] != ""
	return a.kind == "Secret" && (carried || !deleted && strings.HasSuffix(a.name, "-kubeconfig"))
}

// attributes are the write as kube-apiserver sees it. Every other request names no object of its own.
func (a sourceAttempt) attributes(nameless bool) *admission.VersionedAttributes {
	gvk := corev1.SchemeGroupVersion.WithKind(a.kind)
	gvr := corev1.SchemeGroupVersion.WithResource(strings.ToLower(a.kind) + "s")
	make := func(labels map[string]string) runtime.Object {
		meta := metav1.ObjectMeta{Namespace: a.namespace, Name: a.name, Labels: labels}
		if a.kind == "Secret" {
			return &corev1.Secret{ObjectMeta: meta}
		}
		return &corev1.ConfigMap{ObjectMeta: meta}
	}
	var object, old runtime.Object
	if a.operation != admission.Delete {
		object = make(a.object)
	}
	if a.operation != admission.Create {
		old = make(a.old)
	}
	name := a.name
	if nameless {
		name = ""
	}
	attributes := admission.NewAttributesRecord(object, old, gvk, a.namespace, name, gvr, "", a.operation, nil, false, &user.DefaultInfo{Name: a.user})
	return &admission.VersionedAttributes{Attributes: attributes, VersionedKind: gvk,
		VersionedObject: admission.NewLazyObject(object), VersionedOldObject: admission.NewLazyObject(old)}
}

// What kube-apiserver asks about, by its own evaluation of our conditions, is exactly what the guard judges.
func TestConditionsNameWhatIsJudged(t *testing.T) {
	snap := compile(t, namingPolicy, policy.Options{}).Load()
	compiler := cel.NewConditionCompiler(environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()))
	type asked struct {
		rules   []admissionregv1.RuleWithOperations
		matches func(*admission.VersionedAttributes) (bool, error)
	}
	var webhooks []asked
	for i, w := range sourceWebhooks(t, snap) {
		matcher := webhook.NewValidatingWebhookAccessor(fmt.Sprint(i), "bailiwick", &w).GetCompiledMatcher(compiler)
		webhooks = append(webhooks, asked{w.Rules, func(a *admission.VersionedAttributes) (bool, error) {
			result := matcher.Match(t.Context(), a, nil, nil)
			return result.Matches, result.Error
		}})
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	concerned := 0
	for n := range 20_000 {
		a := randomAttempt(r)
		attributes := a.attributes(n%2 == 0)
		got := false
		for _, w := range webhooks {
			if !slices.ContainsFunc(w.rules, func(r admissionregv1.RuleWithOperations) bool {
				return slices.Contains(r.Resources, attributes.GetResource().Resource)
			}) {
				continue
			}
			matches, err := w.matches(attributes)
			require.NoError(t, err, "%+v", a)
			got = got || matches
		}
		require.Equal(t, a.concerns(snap), got, "%+v", a)
		if got {
			concerned++
		}
	}
	require.Greater(t, concerned, 1000)
}
