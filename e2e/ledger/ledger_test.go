package ledger_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/e2e/ledger"
)

func TestRead(t *testing.T) {
	sections, err := ledger.Read(write(t, `The page
-- policy.yaml --
kind: X
-- asks --
[keys] View keys and secrets
u-a,g-1 get,list keypairs.harvesterhci.io,pods/log x -n team -c c-1 => yes
u-a get secrets => yes/rbac/no
hardened: no Secrets

[values] Values add rules
shown by: charts TestX
`))
	require.NoError(t, err)
	require.Len(t, sections, 1)
	require.Equal(t, "kind: X\n", sections[0].Policy)
	keys := sections[0].Cases[0]
	require.Len(t, keys.Asks, 5)
	require.Equal(t, ledger.Ask{User: "u-a", Groups: []string{"g-1", "system:authenticated", "system:cattle:authenticated"}, Cluster: "c-1",
		Verb: "list", Resource: "pods", Subresource: "log", Namespace: "team", Name: "x", Says: ledger.Yes,
		Want: map[ledger.Mode]ledger.Answer{ledger.Compatible: ledger.Yes, ledger.Hardened: ledger.Yes}}, keys.Asks[3])
	require.Equal(t, `
### The page

| sentence | case | compatible | hardened |
|---|---|---|---|
| View keys and secrets | `+"`page/keys`"+` | so it is | differs: no Secrets |
| Values add rules | `+"`charts TestX`"+` | so it is | so it is |
`, ledger.Table(sections))
}

func TestReadRefuses(t *testing.T) {
	for asks, because := range map[string]string{
		"u get pods => yes": "stands before the first sentence",
		"[a] A\n":           "either questions or one test",
		"[a] A\nu get pods => yes\nshown by: charts X": "either questions or one test",
		"[a] A\nu get pods":                            "want WHO VERBS RESOURCES",
		"[a] A\nu get => yes":                          "want WHO VERBS RESOURCES",
		"[a] A\nu get pods a b => yes":                 `"b" is one word too many`,
		"[a] A\nu get pods -n => yes":                  `"-n" is one word too many`,
		"[a] A\nu get pods => maybe":                   "want yes, rbac or no",
		"[a] A\nu get pods => yes/no":                  "want one answer, or three",
		"[a] A\nu get pods => yes/yes/no":              "page/a: in hardened mode",
		"[a] A\nu get pods => yes\ncompatible: no":     "page/a: in compatible mode",
	} {
		_, err := ledger.Read(write(t, "-- asks --\n"+asks))
		require.ErrorContains(t, err, because, asks)
	}
	_, err := ledger.Read(write(t, "-- other --\n"))
	require.ErrorContains(t, err, "there is no place for other")
}

func write(t *testing.T, text string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "page.txtar"), []byte(text), 0o600))
	return dir
}
