package charts

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

const harvesterRBAC = "harvester-rbac"

var modes = []string{"compatible", "hardened"}

func TestHarvesterRBACGolden(t *testing.T) {
	for name, args := range map[string][]string{
		"compatible": nil, // the default
		"hardened":   {"--set", "mode=hardened"},
		"additional": {"--values", "testdata/harvester-rbac-additional.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, "harvester-rbac-"+name+".yaml", render(t, harvesterRBAC, args...))
		})
	}
}

// TestHarvesterRBACCompatible: in compatible mode the roles are those of Harvester's own chart, field for field.
func TestHarvesterRBACCompatible(t *testing.T) {
	text, err := os.ReadFile("testdata/harvester-rbac-published.yaml")
	require.NoError(t, err)
	published, ours := objects(t, string(text)), objects(t, render(t, harvesterRBAC))
	for _, o := range ours {
		require.NotEmpty(t, o.GetLabels())
		o.SetLabels(nil)
	}
	require.Equal(t, published, ours)
}

// TestHarvesterRBACValueForms: whatever may be left out may also be null, and the two forms of a list are one.
func TestHarvesterRBACValueForms(t *testing.T) {
	const rules = `[{apiGroups: [a.io], resources: [bs], verbs: [get]}]`
	for _, mode := range modes {
		plain := render(t, harvesterRBAC, "--set", "mode="+mode)
		added := render(t, harvesterRBAC, "--values", valuesFile(t, `{mode: `+mode+`, projectRole: {virtProjectManage: {additionalRules: `+rules+`}}}`))
		require.NotEqual(t, plain, added)
		for values, want := range map[string]string{
			`{clusterRole: null}`:                                             plain,
			`{clusterRole: {}}`:                                               plain,
			`{clusterRole: {virtClusterView: null}}`:                          plain,
			`{clusterRole: {virtClusterView: {}}}`:                            plain,
			`{clusterRole: {virtClusterView: []}}`:                            plain,
			`{clusterRole: {virtClusterView: {additionalRules: null}}}`:       plain,
			`{clusterRole: {virtClusterView: {additionalRules: []}}}`:         plain,
			`{global: {cattle: {clusterName: local}}}`:                        plain, // Rancher adds it
			`{projectRole: {virtProjectManage: ` + rules + `}}`:               added,
			`{global: null, projectRole: {virtProjectManage: ` + rules + `}}`: added,
		} {
			file := valuesFile(t, values)
			require.Equal(t, want, render(t, harvesterRBAC, "--set", "mode="+mode, "--values", file), "%s: %s", mode, values)
			out, err := helm(t, "lint", "--strict", harvesterRBAC, "--set", "mode="+mode, "--values", file)
			require.NoError(t, err, "%s: %s: %s", mode, values, out)
		}
	}
}

func TestHarvesterRBACWrongValues(t *testing.T) {
	for values, want := range map[string]string{
		`{mode: strict}`:                                `at '/mode': value must be one of 'compatible', 'hardened'`,
		`{mode: null}`:                                  `at '': missing property 'mode'`,
		`{modus: hardened}`:                             `at '': additional properties 'modus' not allowed`,
		`{clusterRole: {virtViewCluster: []}}`:          `at '/clusterRole': additional properties 'virtViewCluster' not allowed`,
		`{projectRole: {virtClusterManage: []}}`:        `at '/projectRole': additional properties 'virtClusterManage' not allowed`,
		`{clusterRole: []}`:                             `at '/clusterRole': got array, want null or object`,
		`{clusterRole: {virtClusterView: "*"}}`:         `at '/clusterRole/virtClusterView': got string, want null or array or object`,
		`{clusterRole: {virtClusterView: {rules: []}}}`: `at '/clusterRole/virtClusterView': additional properties 'rules' not allowed`,
		`{clusterRole: {virtClusterView: {additionalRules: {verbs: [get]}}}}`: `at '/clusterRole/virtClusterView/additionalRules': got object, want null or array`,

		`{clusterRole: {virtClusterManage: [{apiGroups: [a.io], resources: [bs]}]}}`:                                                  `at '/clusterRole/virtClusterManage/0': missing property 'verbs'`,
		`{clusterRole: {virtClusterManage: {additionalRules: [{apiGroups: [a.io], resources: [bs], verbs: []}]}}}`:                    `at '/clusterRole/virtClusterManage/additionalRules/0/verbs': minItems: got 0, want 1`,
		`{clusterRole: {virtClusterManage: [{apiGroups: [a.io], resources: [bs], verbs: get}]}}`:                                      `at '/clusterRole/virtClusterManage/0/verbs': got string, want array`,
		`{clusterRole: {virtClusterManage: [{apiGroups: [a.io], verbs: [get]}]}}`:                                                     `at '/clusterRole/virtClusterManage/0': missing property 'resources'`,
		`{clusterRole: {virtClusterManage: [{apiGroups: [a.io], resources: [bs], resource: [bs], verbs: [get]}]}}`:                    `additional properties 'resource' not allowed`,
		`{clusterRole: {virtClusterManage: [{nonResourceURLs: [/a], resources: [bs], verbs: [get]}]}}`:                                `at '/clusterRole/virtClusterManage/0/resources': maxItems: got 1, want 0`,
		`{projectRole: {virtProjectView: [{nonResourceURLs: [/a], verbs: [get]}]}}`:                                                   `additional properties 'nonResourceURLs' not allowed`,
		`{projectRole: {virtProjectView: [{apiGroups: [a.io], resources: [1], verbs: [get]}]}}`:                                       `at '/projectRole/virtProjectView/0/resources/0': got number, want string`,
		`{mode: hardened, projectRole: {virtProjectView: [{apiGroups: ["*"], resources: [bs], verbs: [get]}]}}`:                       `at '/projectRole/virtProjectView/0/apiGroups/0': '*' does not match`,
		`{mode: hardened, projectRole: {virtProjectManage: [{apiGroups: [a.io], resources: ["*/scale"], verbs: [get]}]}}`:             `at '/projectRole/virtProjectManage/0/resources/0': '*/scale' does not match`,
		`{mode: hardened, projectRole: {virtProjectManage: {additionalRules: [{apiGroups: [a.io], resources: [bs], verbs: ["*"]}]}}}`: `at '/projectRole/virtProjectManage/additionalRules/0/verbs/0': '*' does not match`,
	} {
		out, err := helm(t, "template", "x", harvesterRBAC, "--values", valuesFile(t, values))
		require.Error(t, err, values)
		require.Contains(t, out, want, values)
	}
}

// TestHarvesterRBACWildcards: what hardened mode refuses in project roles is accepted everywhere else.
func TestHarvesterRBACWildcards(t *testing.T) {
	const all = `[{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]`
	render(t, harvesterRBAC, "--values", valuesFile(t, `{mode: hardened, clusterRole: {virtClusterManage: `+all+`}}`))
	render(t, harvesterRBAC, "--values", valuesFile(t, `{mode: compatible, projectRole: {virtProjectManage: `+all+`}}`))
}

// TestHarvesterRBACQuestions: every question of Rancher's form sets a value that the chart has.
func TestHarvesterRBACQuestions(t *testing.T) {
	var form struct {
		Questions []struct {
			Variable string   `json:"variable"`
			Options  []string `json:"options"`
		} `json:"questions"`
	}
	text, err := os.ReadFile(filepath.Join(harvesterRBAC, "questions.yaml"))
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, &form))
	require.Len(t, form.Questions, 5)
	for _, q := range form.Questions {
		if q.Variable == "mode" {
			require.Equal(t, modes, q.Options)
			continue
		}
		answer := q.Variable + `=[{"apiGroups":["a.io"],"resources":["bs"],"verbs":["get"]}]`
		require.Contains(t, render(t, harvesterRBAC, "--set-json", answer), "  - bs\n", q.Variable)
	}
}

// TestHarvesterRBACPackage: Rancher's catalog reads these files from the package, and these annotations.
func TestHarvesterRBACPackage(t *testing.T) {
	testAnnotations(t, packaged(t, harvesterRBAC))
}

func testAnnotations(t *testing.T, chart string) {
	var about struct {
		Annotations map[string]string `json:"annotations"`
		Icon        string            `json:"icon"`
		KubeVersion string            `json:"kubeVersion"`
	}
	out, err := helm(t, "show", "chart", chart)
	require.NoError(t, err, out)
	require.NoError(t, yaml.Unmarshal([]byte(out), &about))
	require.Subset(t, slices.Sorted(maps.Keys(about.Annotations)), []string{
		"artifacthub.io/changes", "artifacthub.io/license", "catalog.cattle.io/display-name", "catalog.cattle.io/kube-version",
		"catalog.cattle.io/os", "catalog.cattle.io/permits-os", "catalog.cattle.io/release-name",
	})
	require.Equal(t, "management", about.Annotations["catalog.cattle.io/scope"])
	require.Equal(t, "management.cattle.io.roletemplate/v3", about.Annotations["catalog.cattle.io/requires-gvr"])
	require.Equal(t, about.KubeVersion, about.Annotations["catalog.cattle.io/kube-version"])
	require.NotContains(t, about.Annotations["catalog.cattle.io/rancher-version"], "<", "a lower bound alone")
	// In cattle-system Rancher would take the release for a part of itself.
	require.NotContains(t, []string{"", "cattle-system"}, about.Annotations["catalog.cattle.io/namespace"])
	require.Equal(t, "file://icon.svg", about.Icon)
}
