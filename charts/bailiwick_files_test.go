package charts

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	admissionregv1 "k8s.io/api/admissionregistration/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/watch"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

const bailiwick = "bailiwick"

// Marks in the files of the chart, for what only values tell.
const (
	protectedMark = "@protected@" // the protected namespaces
	groupsMark    = "@groups@"    // the groups that break the glass
	namespaceMark = "@namespace@" // of the release
)

// written compares a file of the chart that is written from the code, or writes it.
func written(t *testing.T, file string, want []byte) {
	t.Helper()
	file = filepath.Join(bailiwick, file)
	if *update {
		require.NoError(t, os.WriteFile(file, want, 0o644))
		return
	}
	got, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "%s is written from the code, run: make generate", file)
}

func writtenYAML(t *testing.T, file, comment string, want any) {
	t.Helper()
	text, err := yaml.Marshal(want)
	require.NoError(t, err)
	written(t, file, append([]byte("# Written by make generate. "+comment+"\n"), text...))
}

// managementGroups are of kinds that stand in management clusters: guards of others are on everywhere.
var managementGroups = []string{policy.SveltosGroup, policy.SveltosConfigGroup, policy.RancherGroup, policy.BailiwickGroup}

func modesOf(g *admit.Guard) []string {
	forManagement := g.Name == "policysources" || slices.ContainsFunc(g.Rules, func(r admissionregv1.RuleWithOperations) bool {
		return slices.ContainsFunc(r.APIGroups, func(group string) bool { return slices.Contains(managementGroups, group) })
	})
	if forManagement {
		return []string{"management"}
	}
	return []string{"management", "managed"}
}

// marked is a policy in whose place the values of a release come.
func marked() *policy.Snapshot {
	snap, _ := policy.Compile(&policy.Objects{}, policy.Options{BreakGlassGroups: []string{groupsMark}})
	return snap
}

// TestBailiwickGuardsGolden: files/guards.yaml is written from the list of guards.
func TestBailiwickGuardsGolden(t *testing.T) {
	type guard struct {
		Name       string   `json:"name"`
		In         []string `json:"in"`
		Mutating   any      `json:"mutating,omitempty"`
		Validating any      `json:"validating,omitempty"`
	}
	var guards []guard
	for _, g := range admit.Guards() {
		mutating, validating := admit.Configurations([]admit.Guard{g}, marked(), func(path string) admissionregv1.WebhookClientConfig {
			return admissionregv1.WebhookClientConfig{Service: &admissionregv1.ServiceReference{Namespace: namespaceMark, Path: &path}}
		})
		guards = append(guards, guard{g.Name, modesOf(&g), template(t, mutating.Webhooks), template(t, validating.Webhooks)})
	}
	writtenYAML(t, "files/guards.yaml", "The guards, the modes of the chart in which they are on, and their webhooks.", map[string]any{
		"guards": guards, "protectedNamespaces": marked().ProtectedNamespaces(),
	})
}

// template is webhooks as the chart fills them in.
func template(t *testing.T, webhooks any) any {
	t.Helper()
	raw, err := json.Marshal(webhooks)
	require.NoError(t, err)
	var list []map[string]any
	require.NoError(t, json.Unmarshal(raw, &list))
	for _, w := range list {
		w["path"] = w["clientConfig"].(map[string]any)["service"].(map[string]any)["path"]
		delete(w, "clientConfig")
		mark(w)
	}
	if len(list) == 0 {
		return nil
	}
	return list
}

// mark puts the mark in place of the protected namespaces, wherever they stand in decoded JSON.
func mark(at any) {
	names := marked().ProtectedNamespaces()
	switch at := at.(type) {
	case map[string]any:
		for key, value := range at {
			if text, ok := value.(string); ok {
				at[key] = strings.ReplaceAll(text, `"`+strings.Join(names, `", "`)+`"`, protectedMark)
				continue
			}
			if fmt.Sprint(value) == fmt.Sprint(names) {
				at[key] = []string{protectedMark}
				continue
			}
			mark(value)
		}
	case []any:
		for _, item := range at {
			mark(item)
		}
	}
}

// TestBailiwickDeletionPolicyGolden: so is files/deletionpolicy.yaml, with groups that break the glass and without.
func TestBailiwickDeletionPolicyGolden(t *testing.T) {
	variant := func(snap *policy.Snapshot) (variant, binding any) {
		p, b := admit.DeletionPolicy(snap)
		return decoded(t, p), decoded(t, b)
	}
	plain, binding := variant(nil)
	glass, _ := variant(marked())
	writtenYAML(t, "files/deletionpolicy.yaml", "What is kept from being deleted, with groups that break the glass and without.",
		map[string]any{"plain": plain, "glass": glass, "binding": binding})
}

func decoded(t *testing.T, object any) any {
	t.Helper()
	raw, err := json.Marshal(object)
	require.NoError(t, err)
	var m map[string]any
	require.NoError(t, json.Unmarshal(raw, &m))
	mark(m)
	return m
}

// TestBailiwickRulesGolden: files/rules.yaml is what the server reads, by the mode of the chart; the inventory only
// where RoleAssignments count.
func TestBailiwickRulesGolden(t *testing.T) {
	flat := func(reads policy.Where) []rbacv1.PolicyRule {
		var all []rbacv1.PolicyRule
		rules := watch.Rules(reads, &policy.Objects{})
		for _, namespace := range slices.Sorted(maps.Keys(rules)) {
			all = append(all, rules[namespace]...)
		}
		return all
	}
	writtenYAML(t, "files/rules.yaml", "What the server reads, by the mode of the chart.", map[string]any{
		"management": flat(policy.Fleet | policy.Here), "managed": flat(policy.Here), "inventory": flat(policy.Inventory),
	})
}

// TestBailiwickCRDsGolden: the chart has the CRDs of the API.
func TestBailiwickCRDsGolden(t *testing.T) {
	files := crdFiles(t)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		written(t, filepath.Join("files", "crds", filepath.Base(file)), text)
	}
	copies, err := filepath.Glob(filepath.Join(bailiwick, "files", "crds", "*"))
	require.NoError(t, err)
	require.Len(t, copies, len(files))
}

func crdFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../api/crds/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}

// TestBailiwickSchemaGolden: the schema knows the names of all guards and checks.
func TestBailiwickSchemaGolden(t *testing.T) {
	var guards, checks []string
	for _, g := range admit.Guards() {
		guards = append(guards, g.Name)
		for _, c := range g.Checks {
			checks = append(checks, g.Name+"/"+c.Name)
		}
	}
	text, err := os.ReadFile(filepath.Join(bailiwick, "values.schema.json"))
	require.NoError(t, err)
	for definition, names := range map[string][]string{"guardMode": guards, "checkMode": checks} {
		line := regexp.MustCompile(`"\^\(.*\)\$": (\{"\$ref": "#/definitions/` + definition + `"\})`)
		require.Regexp(t, line, string(text))
		text = line.ReplaceAll(text, []byte(`"^(`+strings.Join(names, "|")+`)$$": $1`))
	}
	written(t, "values.schema.json", text)
}
