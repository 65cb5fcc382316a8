package charts

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/component-helpers/auth/rbac/validation"
	"sigs.k8s.io/yaml"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
	"github.com/bailiwick-dev/bailiwick/policy/settings"
)

// rolesOf are the rules of the four roles with all that they inherit, on a Harvester cluster under Rancher.
func rolesOf(t *testing.T, mode string) map[string][]rbacv1.PolicyRule {
	t.Helper()
	manifests := render(t, harvesterRBAC, "--set", "mode="+mode)
	objs, problems, err := load.Paths(strings.NewReader(manifests), "-", "../policy/testdata/rancher")
	require.NoError(t, err)
	require.Empty(t, problems)
	snapshot, problems := policy.Compile(objs, policy.Options{})
	require.Empty(t, problems)
	rules := map[string][]rbacv1.PolicyRule{}
	for _, name := range []string{"virt-cluster-manage", "virt-view-cluster", "virt-project-manage", "virt-project-view"} {
		var unknown []policy.Ref
		rules[name], unknown = snapshot.TemplateRules(snapshot.Template(name))
		require.Empty(t, unknown)
	}
	return rules
}

// TestHarvesterRBACCovers: who manages may do all that a viewer may. Rancher lets nobody give a role that holds more
// than he does, so this is also who can give which.
func TestHarvesterRBACCovers(t *testing.T) {
	for _, c := range []struct{ mode, manages, views string }{
		{"compatible", "virt-cluster-manage", "virt-view-cluster"},
		{"compatible", "virt-cluster-manage", "virt-project-manage"},
		{"compatible", "virt-project-manage", "virt-project-view"},
		{"hardened", "virt-cluster-manage", "virt-view-cluster"},
		{"hardened", "virt-cluster-manage", "virt-project-view"}, // not virt-project-manage, which writes Secrets
		{"hardened", "virt-project-manage", "virt-project-view"},
	} {
		roles := rolesOf(t, c.mode)
		covers(t, c.mode+" "+c.manages+" covers "+c.views, roles[c.manages], roles[c.views])
	}
}

// TestHarvesterRBACHardenedOnlyTakesAway: hardened mode gives nobody what compatible mode does not.
func TestHarvesterRBACHardenedOnlyTakesAway(t *testing.T) {
	compatible, hardened := rolesOf(t, "compatible"), rolesOf(t, "hardened")
	for role := range hardened {
		covers(t, role, compatible[role], hardened[role])
	}
}

func covers(t *testing.T, what string, more, less []rbacv1.PolicyRule) {
	t.Helper()
	_, uncovered := validation.Covers(more, less)
	require.Empty(t, uncovered, what)
}

// TestHarvesterRBACHardened: each difference is one.
func TestHarvesterRBACHardened(t *testing.T) {
	compatible, hardened := rolesOf(t, "compatible"), rolesOf(t, "hardened")
	for _, c := range differences(t) {
		for _, right := range c.Removes {
			require.True(t, holds(t, compatible[c.Role], right), "compatible %s: %s", c.Role, right)
			require.False(t, holds(t, hardened[c.Role], right), "hardened %s: %s", c.Role, right)
		}
		for _, right := range c.Keeps {
			require.True(t, holds(t, hardened[c.Role], right), "hardened %s: %s", c.Role, right)
		}
		for _, right := range c.Never {
			require.False(t, holds(t, compatible[c.Role], right), "compatible %s: %s", c.Role, right)
		}
	}
}

type difference struct {
	Finding string   `json:"finding"`
	Role    string   `json:"role"`
	Removes []string `json:"removes"` // hardened mode has not what compatible mode has
	Keeps   []string `json:"keeps"`   // both have it
	Never   []string `json:"never"`   // neither has it
}

func differences(t *testing.T) (all []difference) {
	t.Helper()
	text, err := os.ReadFile("testdata/harvester-rbac-differences.yaml")
	require.NoError(t, err)
	require.NoError(t, yaml.UnmarshalStrict(text, &all))
	return all
}

// TestHarvesterRBACReadme: the README tells every finding of the differences, and names no other.
func TestHarvesterRBACReadme(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(harvesterRBAC, "README.md"))
	require.NoError(t, err)
	var findings []string
	for _, d := range differences(t) {
		findings = append(findings, d.Finding)
	}
	var rows []string
	_, table, _ := strings.Cut(string(text), "\n| Finding | In compatible mode")
	for line := range strings.Lines(table) {
		if row, ok := strings.CutPrefix(line, "| **"); ok {
			finding, _, _ := strings.Cut(row, "**")
			rows = append(rows, finding)
		}
	}
	require.Equal(t, slices.Compact(findings), rows)
}

// holds says whether rules give a right, written "verb resource.group" or "verb resource.group name".
func holds(t *testing.T, rules []rbacv1.PolicyRule, right string) bool {
	t.Helper()
	words := strings.Fields(right)
	require.GreaterOrEqual(t, len(words), 2, right)
	resource, group, _ := strings.Cut(words[1], ".")
	covered, _ := validation.Covers(rules, []rbacv1.PolicyRule{{
		Verbs: words[:1], APIGroups: []string{group}, Resources: []string{resource}, ResourceNames: words[2:],
	}})
	return covered
}

// TestHarvesterRBACSettings: hardened mode names settings one by one, and forgets none.
func TestHarvesterRBACSettings(t *testing.T) {
	for role, left := range map[string][]string{
		"get virt-view-cluster":      {"backup-target", "cluster-registration-url", "containerd-registry", "http-proxy", "ssl-certificates"},
		"update virt-cluster-manage": {"cluster-registration-url", "support-bundle-image", "ui-index", "ui-plugin-index"},
	} {
		verb, name, _ := strings.Cut(role, " ")
		rules := rolesOf(t, "hardened")[name]
		for _, setting := range settings.List() {
			right := verb + " settings.harvesterhci.io " + setting.Name
			require.Equal(t, !slices.Contains(left, setting.Name), holds(t, rules, right), "%s: %s", name, right)
		}
	}
}
