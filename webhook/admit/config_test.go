package admit_test

import (
	"flag"
	"os"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	admissionregv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/yaml"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

var update = flag.Bool("update", false, "write the golden files of testdata anew")

func TestGuardsAreComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, g := range admit.Guards() {
		require.Empty(t, validation.IsDNS1123Label(g.Name), g.Name)
		require.False(t, seen[g.Name], "two guards are called %s", g.Name)
		seen[g.Name] = true
		require.NotEmpty(t, g.Doc, g.Name)
		require.NotEmpty(t, g.Rules, g.Name)
		require.NotEmpty(t, g.Checks, g.Name)
	}
}

// Narrow by construction: no webhook is told of more than its guard judges, and every guard is told of all of that.
func TestConfigurationsNameWhatTheGuardsJudge(t *testing.T) {
	guards := admit.Guards()
	mutating, validating := admit.Configurations(guards, compile(t, namingPolicy, policy.Options{}).Load(), byURL)
	rules := map[string][]admissionregv1.RuleWithOperations{}
	for _, w := range mutating.Webhooks {
		rules[*w.ClientConfig.URL] = w.Rules
	}
	for _, w := range validating.Webhooks {
		at := *w.ClientConfig.URL
		for _, r := range w.Rules { // a guard may have several webhooks, for some of its rules each
			if !slices.ContainsFunc(rules[at], func(had admissionregv1.RuleWithOperations) bool { return reflect.DeepEqual(had, r) }) {
				rules[at] = append(rules[at], r)
			}
		}
	}
	want := map[string][]admissionregv1.RuleWithOperations{}
	for _, g := range guards {
		want[*byURL(g.ValidatePath()).URL] = g.Rules
		if g.Mutate != nil {
			want[*byURL(g.MutatePath()).URL] = mutated(g)
		}
		for _, r := range g.Rules {
			for _, names := range [][]string{r.APIGroups, r.Resources} {
				require.NotContains(t, names, "*", "%s is told of everything", g.Name)
			}
			require.NotContains(t, r.Operations, admissionregv1.OperationAll, g.Name)
		}
	}
	require.Len(t, rules, len(want))
	for at := range want {
		require.ElementsMatch(t, want[at], rules[at], at)
	}
}

// mutated is what a mutating webhook is told of: there is nothing to change in what goes away, and only what is new is
// marked.
func mutated(g admit.Guard) []admissionregv1.RuleWithOperations {
	rules := slices.Clone(g.Rules)
	for i := range rules {
		rules[i].Operations = []admissionregv1.OperationType{admissionregv1.Create, admissionregv1.Update}
		if g.Marking != nil {
			rules[i].Operations = []admissionregv1.OperationType{admissionregv1.Create}
		}
	}
	return rules
}

func TestConfigurationsAsYAML(t *testing.T) {
	mutating, validating := admit.Configurations(admit.Guards(), compile(t, namingPolicy, policy.Options{}).Load(), byURL)
	first, err := yaml.Marshal(mutating)
	require.NoError(t, err)
	second, err := yaml.Marshal(validating)
	require.NoError(t, err)
	const file = "testdata/configurations.yaml"
	got := string(first) + "---\n" + string(second)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "to write it, run: go test ./webhook/admit -run TestConfigurationsAsYAML -update")
	require.Equal(t, string(want), got, "if this is meant, run: go test ./webhook/admit -run TestConfigurationsAsYAML -update")
}

func byURL(path string) admissionregv1.WebhookClientConfig {
	return admissionregv1.WebhookClientConfig{URL: new("https://127.0.0.1:9443" + path), CABundle: []byte("CA")}
}

// guardRules are rules for the creation and update of one resource.
func guardRules(group, resource string) []admissionregv1.RuleWithOperations {
	return []admissionregv1.RuleWithOperations{{
		Operations: []admissionregv1.OperationType{admissionregv1.Create, admissionregv1.Update},
		Rule:       admissionregv1.Rule{APIGroups: []string{group}, APIVersions: []string{"*"}, Resources: []string{resource}},
	}}
}
