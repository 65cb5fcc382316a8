package admit_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	admissionregv1 "k8s.io/api/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

//go:generate go test . -run ^(TestDocs|TestConfigurationsAsYAML|TestDeletionPolicyAsYAML)$ -update

// TestDocs: docs/guards.md is written from the list of guards.
func TestDocs(t *testing.T) {
	const file, again = "../../docs/guards.md", "make generate"
	want := describeGuards()
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o644))
		return
	}
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, want, string(text), "to write it, run: "+again)
}

func describeGuards() string {
	var b strings.Builder
	b.WriteString(`# Guards

Written by make generate from the list in webhook/admit/guards.go.

A guard judges the writes of one family of objects. Each of its checks can refuse a write; --mode says what becomes of
that: enforce (the default), warn, or audit, for a whole guard (--mode profiles=warn) or for one check
(--mode profiles/tier=audit).
`)
	for _, g := range admit.Guards() {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| group | resource | writes |\n|---|---|---|\n", g.Name, g.Doc)
		for _, r := range g.Rules {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", strings.Join(r.APIGroups, ", "), strings.Join(r.Resources, ", "), operations(r))
		}
		var names []string
		for _, c := range g.Checks {
			names = append(names, "`"+c.Name+"`")
		}
		fmt.Fprintf(&b, "\nChecks: %s.\n", strings.Join(names, ", "))
		switch {
		case g.Marking != nil:
			b.WriteString("\nIt also marks new objects, at " + g.MutatePath() + ". While Bailiwick cannot be asked, they are made without a mark.\n")
		case g.Mutate != nil:
			b.WriteString("\nIt also changes objects, at " + g.MutatePath() + ".\n")
		}
		if g.Narrow != nil {
			b.WriteString("\nIts webhooks are told only of those that it could refuse; see [operations.md](operations.md).\n")
		}
		if len(g.Unblocked) > 0 {
			fmt.Fprintf(&b, "\nWhile Bailiwick cannot be asked, writes pass from %s and wait from everybody else.\n", strings.Join(g.Unblocked, ", "))
		}
	}
	return b.String()
}

func operations(r admissionregv1.RuleWithOperations) string {
	var ops []string
	for _, op := range r.Operations {
		ops = append(ops, strings.ToLower(string(op)))
	}
	return strings.Join(ops, ", ")
}
