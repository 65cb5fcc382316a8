package e2e_test

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	admissionregv1 "k8s.io/api/admissionregistration/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/yaml"

	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// probe is a write of one object, tried and never stored.
type probe struct {
	title  string // in the documentation
	plain  bool   // nothing about it is special
	object *unstructured.Unstructured
	change string // what an update merges
}

// writes try an operation. Updates and deletions need the object to be there.
var writes = map[admissionregv1.OperationType]func(context.Context, client.Client, *probe) error{
	admissionregv1.Create: func(ctx context.Context, c client.Client, p *probe) error {
		return client.IgnoreAlreadyExists(c.Create(ctx, p.object.DeepCopy(), client.DryRunAll)) // admitted, and then found to be there
	},
	admissionregv1.Update: func(ctx context.Context, c client.Client, p *probe) error {
		return c.Patch(ctx, p.object.DeepCopy(), client.RawPatch("application/merge-patch+json", []byte(p.change)), client.DryRunAll)
	},
	admissionregv1.Delete: func(ctx context.Context, c client.Client, p *probe) error {
		return c.Delete(ctx, p.object.DeepCopy(), client.DryRunAll)
	},
}

// waits says whether a write fails because a guard cannot be asked.
func (p *probe) waits(t *testing.T, as client.Client, operation admissionregv1.OperationType) bool {
	t.Helper()
	err := writes[operation](t.Context(), as, p)
	if err != nil {
		require.ErrorContains(t, err, "failed calling webhook", "%s of %s", operation, p.title)
	}
	return err != nil
}

const relabelled = `{"metadata": {"labels": {"repair": "probe"}}}`

// readProbes are the objects of a file.
func readProbes(t *testing.T, file string) []probe {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "repair", file))
	require.NoError(t, err)
	var entries []struct {
		Title          string
		Object, Change map[string]any
	}
	require.NoError(t, yaml.UnmarshalStrict(text, &entries))
	probes := make([]probe, len(entries))
	for i, e := range entries {
		u := &unstructured.Unstructured{Object: e.Object}
		probes[i] = probe{title: cmp.Or(e.Title, u.GetKind()), object: u, change: relabelled}
		if e.Change != nil {
			change, err := yaml.Marshal(e.Change)
			require.NoError(t, err)
			json, err := yaml.YAMLToJSON(change)
			require.NoError(t, err)
			probes[i].change = string(json)
		}
	}
	return probes
}

// guarded are the resources that any guard judges, and what it judges of them.
func guarded(guards ...admit.Guard) map[schema.GroupResource][]admissionregv1.RuleWithOperations {
	all := map[schema.GroupResource][]admissionregv1.RuleWithOperations{}
	for _, g := range guards {
		for _, r := range g.Rules {
			for _, group := range r.APIGroups {
				for _, resource := range r.Resources {
					if strings.Contains(resource, "/") {
						continue // a part, which waits as its object does
					}
					at := schema.GroupResource{Group: group, Resource: resource}
					all[at] = append(all[at], r)
				}
			}
		}
	}
	return all
}

// installGuarded makes the API server serve every resource that is guarded, with any content.
func installGuarded(t *testing.T, g *gone) {
	t.Helper()
	var crds []*apiextensionsv1.CustomResourceDefinition
	for at, rules := range guarded(admit.Guards()...) {
		if _, err := g.admin.RESTMapper().KindFor(at.WithVersion("")); err == nil {
			continue // it is Kubernetes' own
		}
		crds = append(crds, &apiextensionsv1.CustomResourceDefinition{
			ObjectMeta: metav1.ObjectMeta{Name: at.String(), Annotations: map[string]string{"api-approved.kubernetes.io": "unapproved, for a test"}},
			Spec: apiextensionsv1.CustomResourceDefinitionSpec{
				Group: at.Group, Scope: apiextensionsv1.ResourceScope(*rules[0].Scope),
				Names: apiextensionsv1.CustomResourceDefinitionNames{Plural: at.Resource, Kind: strings.ToUpper(at.Resource[:1]) + at.Resource[1:]},
				Versions: []apiextensionsv1.CustomResourceDefinitionVersion{{Name: "v1", Served: true, Storage: true,
					Schema: &apiextensionsv1.CustomResourceValidation{OpenAPIV3Schema: &apiextensionsv1.JSONSchemaProps{Type: "object", XPreserveUnknownFields: new(true)}}}},
			},
		})
	}
	_, err := envtest.InstallCRDs(g.Admin(), envtest.CRDInstallOptions{CRDs: crds, MaxTime: time.Minute, PollInterval: 50 * time.Millisecond})
	require.NoError(t, err)
}

// plainFields are what Kubernetes' own kinds cannot do without.
var plainFields = map[string]string{
	"persistentvolumeclaims": `{spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}`,
	"clusterrolebindings":    `{roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: plain}}`,
}

// plainProbe is an object of a resource with nothing special about it.
func plainProbe(t *testing.T, g *gone, at schema.GroupResource) probe {
	t.Helper()
	kind, err := g.admin.RESTMapper().KindFor(at.WithVersion(""))
	require.NoError(t, err)
	u := object(t, cmp.Or(plainFields[at.Resource], "{}"))
	u.SetGroupVersionKind(kind)
	u.SetName("plain")
	if namespaced, err := g.admin.IsObjectNamespaced(u); err == nil && namespaced {
		u.SetNamespace("repair")
	}
	return probe{title: "`" + at.Resource + "`", plain: true, object: u, change: relabelled}
}

// resourceOf is where an object is stored.
func resourceOf(t *testing.T, g *gone, u *unstructured.Unstructured) schema.GroupResource {
	t.Helper()
	kind := u.GroupVersionKind()
	mapping, err := g.admin.RESTMapper().RESTMapping(kind.GroupKind(), kind.Version)
	require.NoError(t, err)
	return mapping.Resource.GroupResource()
}

// store creates objects and the namespaces that they are in.
func store(t *testing.T, admin client.Client, probes []probe) {
	t.Helper()
	for _, p := range probes {
		if p.object.GetNamespace() != "" {
			ensureNamespace(t, admin, p.object.GetNamespace())
		}
		err := admin.Create(t.Context(), p.object.DeepCopy())
		require.True(t, err == nil || apierrors.IsAlreadyExists(err), "%s: %v", p.title, err)
	}
}

// operations are those of some rules, in the order in which people say them.
func operations(rules []admissionregv1.RuleWithOperations) []admissionregv1.OperationType {
	var all []admissionregv1.OperationType
	for _, o := range []admissionregv1.OperationType{admissionregv1.Create, admissionregv1.Update, admissionregv1.Delete} {
		if slices.ContainsFunc(rules, func(r admissionregv1.RuleWithOperations) bool { return slices.Contains(r.Operations, o) }) {
			all = append(all, o)
		}
	}
	return all
}
