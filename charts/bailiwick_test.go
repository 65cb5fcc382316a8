package charts

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	admissionregv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/bailiwick-dev/bailiwick/api/v1alpha1"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// documented are the files of values that README.md shows the uses of.
func documented(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/bailiwick/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	byName := map[string]string{}
	for _, file := range files {
		byName[strings.TrimSuffix(filepath.Base(file), ".yaml")] = file
	}
	return byName
}

func TestBailiwickGolden(t *testing.T) {
	for name, file := range documented(t) {
		t.Run(name, func(t *testing.T) {
			out, err := helm(t, "lint", "--strict", bailiwick, "--values", file)
			require.NoError(t, err, out)
			golden(t, "bailiwick-"+name+".yaml", render(t, bailiwick, "--values", file))
		})
	}
}

// TestBailiwickWebhooks: what the chart registers is what Bailiwick's own list says, down to the last field.
func TestBailiwickWebhooks(t *testing.T) {
	for name, tc := range map[string]struct {
		values string
		mode   string
		snap   policy.Options
		off    []string
		client func(path string) admissionregv1.WebhookClientConfig
	}{
		"cert-manager": {values: `{certificates: {source: certManager}}`, mode: "management", client: byService("bailiwick-system", "")},
		"break glass": {
			values: `{certificates: {source: certManager}, config: {breakGlassGroups: [rescue, "a\"<b>"], protectedNamespaces: [vault, aaa, local]}}`, mode: "management",
			snap:   policy.Options{BreakGlassGroups: []string{"rescue", `a"<b>`}, ProtectedNamespaces: []string{"vault", "aaa", "local"}},
			client: byService("bailiwick-system", ""),
		},
		"some are off": {
			values: `{certificates: {source: certManager}, guards: {profiles: "off", namespaces: off, settings: warn}}`, mode: "management",
			off: []string{"profiles", "namespaces"}, client: byService("bailiwick-system", ""),
		},
		"a daemonset": {
			values: `{mode: managed, run: daemonset, policy: {bundle: {configMap: p}}, ports: {webhooks: 9553}, certificates: {source: files, files: {secret: s, ca: "-----BEGIN CERTIFICATE-----"}}}`,
			mode:   "managed", client: byURL("https://127.0.0.1:9553", "-----BEGIN CERTIFICATE-----"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			var guards []admit.Guard
			for _, g := range admit.Guards() {
				if slices.Contains(modesOf(&g), tc.mode) && !slices.Contains(tc.off, g.Name) {
					guards = append(guards, g)
				}
			}
			snap, _ := policy.Compile(&policy.Objects{}, tc.snap)
			mutating, validating := admit.Configurations(guards, snap, tc.client)
			rendered := byKind(objects(t, render(t, bailiwick, "--values", valuesFile(t, tc.values))))
			requireSame(t, mutating.Webhooks, rendered["MutatingWebhookConfiguration"], "webhooks")
			requireSame(t, validating.Webhooks, rendered["ValidatingWebhookConfiguration"], "webhooks")
			for _, kind := range []string{"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"} {
				if c := rendered[kind]; c != nil {
					require.Equal(t, admit.RegistrationName, c.GetName())
					require.Equal(t, admit.Reconciled, c.GetLabels()[admit.RegistrationLabel])
				}
			}

			p, binding := admit.DeletionPolicy(snap)
			if slices.Contains(tc.off, "namespaces") {
				require.NotContains(t, rendered, p.Kind)
				return
			}
			requireSame(t, p.Spec, rendered[p.Kind], "spec")
			requireSame(t, binding.Spec, rendered[binding.Kind], "spec")
			require.Equal(t, p.Name, rendered[p.Kind].GetName())
		})
	}
}

func byService(namespace, ca string) func(path string) admissionregv1.WebhookClientConfig {
	return func(path string) admissionregv1.WebhookClientConfig {
		return admissionregv1.WebhookClientConfig{CABundle: []byte(ca), Service: &admissionregv1.ServiceReference{
			Namespace: namespace, Name: bailiwick, Path: &path, Port: new(int32(443)),
		}}
	}
}

func byURL(url, ca string) func(path string) admissionregv1.WebhookClientConfig {
	return func(path string) admissionregv1.WebhookClientConfig {
		return admissionregv1.WebhookClientConfig{CABundle: []byte(ca), URL: new(url + path)}
	}
}

func byKind(objects []*unstructured.Unstructured) map[string]*unstructured.Unstructured {
	kinds := map[string]*unstructured.Unstructured{}
	for _, o := range objects {
		kinds[o.GetKind()] = o
	}
	return kinds
}

// requireSame compares something from Go with a field of a rendered object, as JSON. None may be left out.
func requireSame(t *testing.T, want any, object *unstructured.Unstructured, field string) {
	t.Helper()
	if v := reflect.ValueOf(want); v.Kind() == reflect.Slice && v.Len() == 0 {
		require.Nil(t, object)
		return
	}
	require.NotNil(t, object)
	holder, err := runtime.DefaultUnstructuredConverter.ToUnstructured(&struct {
		Field any `json:"field"`
	}{want})
	require.NoError(t, err)
	wantText, err := yaml.Marshal(holder["field"])
	require.NoError(t, err)
	gotText, err := yaml.Marshal(object.Object[field])
	require.NoError(t, err)
	require.Equal(t, string(wantText), string(gotText))
}

// TestBailiwickDeletionPolicyModes: kube-apiserver does with deletions what the guard's mode says.
func TestBailiwickDeletionPolicyModes(t *testing.T) {
	for values, want := range map[string][]any{
		`{}`:                                              {"Deny"},
		`{guardMode: warn}`:                               {"Warn"},
		`{guards: {namespaces: audit}}`:                   {"Audit"},
		`{checks: {namespaces/kept: warn}}`:               {"Warn"},
		`{guards: {namespaces: false}}`:                   nil,
		`{deletionPolicy: false}`:                         nil,
		`{guardMode: "off"}`:                              nil,
		`{guardMode: off, guards: {namespaces: enforce}}`: {"Deny"},
	} {
		binding := byKind(objects(t, render(t, bailiwick, "--values", valuesFile(t, values))))["ValidatingAdmissionPolicyBinding"]
		if want == nil {
			require.Nil(t, binding, values)
			continue
		}
		require.Equal(t, want, binding.Object["spec"].(map[string]any)["validationActions"], values)
	}
}

// TestBailiwickConfigValues: what a configuration of the server can say, the values can say, and each in one place.
func TestBailiwickConfigValues(t *testing.T) {
	byChart := []string{ // by other values than config
		"policyDir", "kubeconfig", "inCluster", "policyKubeconfig", "stateDir", "listen", "metricsListen", "leaveWebhooks", "register",
		"registerGuards", "certDir", "certSecret", "selfSigned", "certOut", "certNames", "clientCA", "clientNames", "insecureNoClientAuth",
		"insecureAdmission", "cluster", "clusterLabels", "mode",
	}
	var fields []string
	for f := range reflect.TypeFor[v1alpha1.ServerConfiguration]().Fields() {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
			fields = append(fields, name)
		}
	}
	var schema struct {
		Properties struct {
			Config struct {
				Properties map[string]any `json:"properties"`
			} `json:"config"`
		} `json:"properties"`
	}
	text, err := os.ReadFile(filepath.Join(bailiwick, "values.schema.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &schema)) // one key of it is too long for YAML
	require.ElementsMatch(t, fields, append(byChart, slices.Collect(maps.Keys(schema.Properties.Config.Properties))...))
}

func TestBailiwickWrongValues(t *testing.T) {
	for values, want := range map[string]string{
		`{mode: central}`:                                             `at '/mode': value must be one of 'management', 'managed'`,
		`{run: pod}`:                                                  `at '/run': value must be one of 'deployment', 'daemonset', 'staticPod'`,
		`{replicaCount: 2}`:                                           `additional properties 'replicaCount' not allowed`,
		`{replicas: 0}`:                                               `at '/replicas': minimum: got 0, want 1`,
		`{guardMode: block}`:                                          `at '/guardMode': value must be one of 'enforce', 'warn', 'audit', 'off', false`,
		`{guards: {setings: warn}}`:                                   `at '/guards': additional properties 'setings' not allowed`,
		`{guards: {settings: true}}`:                                  `at '/guards/settings': value must be one of`,
		`{checks: {profiles/tiers: warn}}`:                            `at '/checks': additional properties 'profiles/tiers' not allowed`,
		`{checks: {profiles/tier: "off"}}`:                            `at '/checks/profiles~1tier': value must be one of 'enforce', 'warn', 'audit'`,
		`{config: {tierfloor: 1}}`:                                    `at '/config': additional properties 'tierfloor' not allowed`,
		`{config: {listen: ":1"}}`:                                    `at '/config': additional properties 'listen' not allowed`,
		`{config: {hierarchy: on}}`:                                   `at '/config/hierarchy': value must be one of 'on', 'shadow', 'off'`,
		`{config: {drain: 5}}`:                                        `at '/config/drain': got number, want string`,
		`{config: {protectedNamespaces: [A]}}`:                        `at '/config/protectedNamespaces/0': 'A' does not match pattern`,
		`{cluster: {name: gke/production}}`:                           `at '/cluster/name': 'gke/production' does not match pattern`,
		`{policy: {bundle: {configMap: a, secret: b}}}`:               `at '/policy/bundle': maxProperties: got 2, want 1`,
		`{policy: {bundle: {directory: /a}}}`:                         `at '/policy/bundle': additional properties 'directory' not allowed`,
		`{policy: {sources: [{kind: Role, namespace: a}]}}`:           `at '/policy/sources/0/kind': value must be one of 'ConfigMap', 'Secret'`,
		`{policy: {sources: [{kind: Secret}]}}`:                       `at '/policy/sources/0': missing property 'namespace'`,
		`{certificates: {source: letsencrypt}}`:                       `at '/certificates/source': value must be one of 'selfSigned', 'certManager', 'files'`,
		`{certificates: {files: {ca: /etc/ca.crt}}}`:                  `at '/certificates/files/ca': '/etc/ca.crt' does not match pattern`,
		`{clients: {anybody: "yes"}}`:                                 `at '/clients/anybody': got string, want boolean`,
		`{image: {digest: latest}}`:                                   `at '/image/digest': 'latest' does not match pattern`,
		`{ports: {webhooks: 70000}}`:                                  `at '/ports/webhooks': maximum: got 70,000, want 65,535`,
		`{service: {clusterIP: none}}`:                                `at '/service/clusterIP': 'none' does not match pattern`,
		`{metrics: {prometheusRule: {runbooks: docs/operations.md}}}`: `at '/metrics/prometheusRule/runbooks': 'docs/operations.md' does not match pattern`,
		`{staticPod: {directory: etc}}`:                               `at '/staticPod/directory': 'etc' does not match pattern`,
		`{mode: managed}`:                                             `mode managed needs a policy: set policy.bundle, or policy.kubeconfig.secret`,
		`{policy: {bundle: {configMap: p}}}`:                          `policy.bundle and policy.kubeconfig.secret are for mode managed`,
		`{policy: {kubeconfig: {secret: k}}}`:                         `policy.bundle and policy.kubeconfig.secret are for mode managed`,
		`{mode: managed, policy: {bundle: {secret: p}, kubeconfig: {secret: k}}}`:                     `policy.bundle and policy.kubeconfig.secret are both set`,
		`{mode: managed, policy: {kubeconfig: {secret: k}, sources: [{kind: Secret, namespace: a}]}}`: `policy.sources is for mode management`,
		`{mode: managed, policy: {kubeconfig: {secret: k}}, cluster: {labels: {a: b}}}`:               `cluster.labels without cluster.name`,
		`{cluster: {name: "SveltosCluster:gke/production"}}`:                                          `cluster.name and cluster.labels are for mode managed`,
		`{certificates: {source: files, files: {ca: "-----BEGIN CERTIFICATE-----"}}}`:                 `certificates.source files needs certificates.files.secret`,
		`{certificates: {source: files, files: {secret: s}}}`:                                         `certificates.source files needs certificates.files.ca`,
		`{run: staticPod, certificates: {source: certManager}}`:                                       `certificates.source certManager does not go with run staticPod`,
		`{run: staticPod, mode: managed, policy: {bundle: {configMap: p}}}`:                           `certificates.source selfSigned needs the API server`,
		`{clients: {ca: {configMap: ""}}}`:                                                            `clients.ca names neither a configMap nor a secret`,
	} {
		out, err := helm(t, "template", "x", bailiwick, "--values", valuesFile(t, values))
		require.Error(t, err, values)
		require.Contains(t, out, want, values)
	}
}

// TestBailiwickQuestions: every question of Rancher's form sets a value that the chart has, with an answer that it takes.
func TestBailiwickQuestions(t *testing.T) {
	var form struct {
		Questions []struct {
			Variable string   `json:"variable"`
			Default  any      `json:"default"`
			Options  []string `json:"options"`
		} `json:"questions"`
	}
	text, err := os.ReadFile(filepath.Join(bailiwick, "questions.yaml"))
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, &form))
	text, err = os.ReadFile(filepath.Join(bailiwick, "values.yaml"))
	require.NoError(t, err)
	var values map[string]any
	require.NoError(t, yaml.Unmarshal(text, &values))
	for _, q := range form.Questions {
		path := strings.Split(q.Variable, ".")
		if strings.HasPrefix(q.Variable, "policy.bundle.") {
			path = path[:2]
		}
		value, found, err := unstructured.NestedFieldNoCopy(values, path...)
		require.NoError(t, err)
		require.True(t, found, q.Variable)
		if q.Default != nil {
			require.Equal(t, value, q.Default, q.Variable)
		}
		for _, option := range q.Options {
			base := `{}`
			if option == "managed" {
				base = `{policy: {bundle: {configMap: p}}}`
			}
			render(t, bailiwick, "--values", valuesFile(t, base), "--set", q.Variable+"="+option)
		}
	}
	// What the form leaves empty is as if it was not asked.
	require.Equal(t, render(t, bailiwick), render(t, bailiwick, "--set", "policy.bundle.configMap=,policy.kubeconfig.secret=,cluster.name="))
}

// TestBailiwickPackage: Rancher's catalog reads these files from the package, and these annotations.
func TestBailiwickPackage(t *testing.T) {
	archive := packaged(t, bailiwick, "files/guards.yaml")
	var about struct {
		Annotations map[string]string `json:"annotations"`
		AppVersion  string            `json:"appVersion"`
		KubeVersion string            `json:"kubeVersion"`
	}
	out, err := helm(t, "show", "chart", archive)
	require.NoError(t, err, out)
	require.NoError(t, yaml.Unmarshal([]byte(out), &about))
	require.Equal(t, about.KubeVersion, about.Annotations["catalog.cattle.io/kube-version"])
	require.Equal(t, "bailiwick-system", about.Annotations["catalog.cattle.io/namespace"])
	require.Contains(t, about.Annotations["artifacthub.io/images"], "bailiwick:"+about.AppVersion)
	for _, file := range crdFiles(t) {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, crd := range objects(t, string(text)) {
			require.Contains(t, about.Annotations["artifacthub.io/crds"], "name: "+crd.GetName()+",")
		}
	}
}
