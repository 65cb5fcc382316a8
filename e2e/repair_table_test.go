package e2e_test

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	admissionregv1 "k8s.io/api/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

const operationsPage = "../docs/operations.md"

var updateTable = flag.Bool("update", false, "write the table of docs/operations.md anew")

// table says, guard by guard, whose writes wait.
func (g *gone) table(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("| guard | from a cluster admin | from `system:masters` | from controllers of kube-system | always pass |\n|---|---|---|---|---|\n")
	accounts := map[string]writer{}
	for _, guard := range admit.Guards() {
		g.register(t, guard)
		b.WriteString("| " + guard.Name)
		first := g.waiting(t, &guard, g.writers[0])
		b.WriteString(" | " + first)
		for _, w := range g.writers[1:] {
			words := g.waiting(t, &guard, w)
			if words == first && words != everything && words != nothing {
				words = "the same"
			}
			b.WriteString(" | " + words)
		}
		var passing []string
		for _, user := range guard.Unblocked {
			if _, ok := accounts[user]; !ok {
				accounts[user] = g.account(t, user)
			}
			require.Equal(t, nothing, g.waiting(t, &guard, accounts[user]), user)
			passing = append(passing, "`"+strings.TrimPrefix(user, "system:serviceaccount:")+"`")
		}
		b.WriteString(" | " + strings.Join(passing, ", ") + " |\n")
	}
	return b.String()
}

const everything, nothing = "every write", "nothing"

// waiting says in words which writes of somebody wait for a guard.
func (g *gone) waiting(t *testing.T, guard *admit.Guard, w writer) string {
	t.Helper()
	judged := guarded(*guard)
	all, words := true, []string(nil)
	for _, p := range slices.Concat(g.plain, g.special) {
		rules, ok := judged[resourceOf(t, g, p.object)]
		if !ok {
			continue
		}
		operations := operations(rules)
		waiting := slices.DeleteFunc(slices.Clone(operations), func(o admissionregv1.OperationType) bool { return !p.waits(t, w.client, o) })
		all = all && (!p.plain || len(waiting) == len(operations))
		if len(waiting) > 0 {
			words = append(words, said(waiting, operations)+p.title)
		}
	}
	switch {
	case len(words) == 0:
		return nothing
	case all:
		return everything
	default:
		return strings.Join(words, "; ")
	}
}

func said(waiting, operations []admissionregv1.OperationType) string {
	if len(waiting) == len(operations) {
		return ""
	}
	words := make([]string, len(waiting))
	for i, o := range waiting {
		words[i] = strings.ToLower(string(o))
	}
	return strings.Join(words, ", ") + " "
}

// requireDocumented wants the table on the page, where its first line stands.
func requireDocumented(t *testing.T, table string) {
	t.Helper()
	text := page(t)
	head, _, _ := strings.Cut(table, "\n")
	before, after, found := strings.Cut(text, head)
	require.True(t, found, head)
	_, after, found = strings.Cut(after, "\n\n")
	require.True(t, found)
	want := before + table + "\n" + after
	if *updateTable {
		require.NoError(t, os.WriteFile(operationsPage, []byte(want), 0o644))
		return
	}
	require.Equal(t, want, text, "to write it, run: go test ./e2e -run TestClusterWithoutBailiwick -update")
}

func page(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(operationsPage)
	require.NoError(t, err)
	return string(text)
}
