// Package bailiwick holds no code: only the test of how its packages may import each other.
package bailiwick

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/bailiwick-dev/bailiwick/"

// layout says for each package of ours which others of ours it may import. A package that is not listed here has no
// place in the picture yet: give it one.
var layout = map[string][]string{
	"api/v1alpha1":             {},
	"internal/replace":         {},
	"policy/manifest":          {},
	"policy/ovirt":             {},
	"policy/ovirt/permissions": {"api/v1alpha1", "policy/ovirt"},
	"policy/selector":          {},
	"policy/settings":          {},
	"policy":                   {"api/v1alpha1", "policy/manifest", "policy/ovirt", "policy/selector", "policy/settings"},
	"policy/load":              {"policy", "policy/manifest"},
	"policy/render":            {"policy"},
	"policy/watch":             {"internal/replace", "policy"},
	"authorizer":               {"policy"},
	"webhook/jsonbody":         {},
	"webhook/apiserver":        {"policy"},
	"webhook/sar":              {"webhook/jsonbody"},
	"webhook/admit":            {"api/v1alpha1", "policy", "policy/ovirt", "policy/selector", "policy/settings", "webhook/jsonbody"},
	"webhook":                  {"policy", "webhook/admit", "webhook/sar"},
	"certs":                    {"internal/replace"},
	"charts":                   {},
}

// wires are the programs: they may import anything of ours.
var wires = []string{"cmd/", "e2e", "bench", "release"}

// outside says which packages of others must not be imported by ours, as prefixes.
var outside = map[string][]string{
	// A decision is a pure function: no network, client, cache, log or clock.
	"policy":      {"net/http", "log", "k8s.io/client-go", "k8s.io/klog", "sigs.k8s.io/controller-runtime", "os", "sync"},
	"webhook/sar": {"k8s.io/client-go", "sigs.k8s.io/controller-runtime"},
	"certs":       {"k8s.io/apiserver"},
}

// foreign modules bring whole systems for a handful of fields.
var foreign = []string{"github.com/rancher", "github.com/harvester", "github.com/projectsveltos", "k8s.io/kubernetes", "kubevirt.io"}

func TestImportsFollowTheLayout(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, "./...").Output()
	require.NoError(t, err)
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		pkg := strings.TrimPrefix(fields[0]+"/", module)
		pkg = strings.TrimSuffix(pkg, "/")
		if pkg == "" || slices.ContainsFunc(wires, func(w string) bool { return strings.HasPrefix(pkg, w) }) {
			continue
		}
		allowed, known := layout[pkg]
		require.True(t, known, "package %s has no place in the layout", pkg)
		for _, imp := range fields[1:] {
			if ours, ok := strings.CutPrefix(imp, module); ok {
				require.Contains(t, allowed, ours, "%s must not import %s", pkg, ours)
			}
			require.False(t, hasPrefix(outside[top(pkg)], imp) || hasPrefix(outside[pkg], imp), "%s must not import %s", pkg, imp)
		}
	}
}

// top is the package whose outside rule holds for its sub-packages too. Loading and watching are the plumbing of
// policy, not part of it.
func top(pkg string) string {
	if pkg == "policy/load" || pkg == "policy/watch" {
		return pkg
	}
	first, _, _ := strings.Cut(pkg, "/")
	return first
}

func hasPrefix(prefixes []string, imp string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return imp == p || strings.HasPrefix(imp, p+"/") })
}

func TestNoForeignModules(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Path}}", "all").Output()
	require.NoError(t, err)
	for path := range strings.Lines(string(out)) {
		require.False(t, hasPrefix(foreign, strings.TrimSpace(path)), "go.mod must not need %s", path)
	}
}
