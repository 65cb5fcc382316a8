package settings

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write docs/settings.md anew")

//go:generate go test . -run ^TestDocs$ -update

// TestDocs: the second half of docs/settings.md is the table of this package.
func TestDocs(t *testing.T) {
	const file, again = "../../docs/settings.md", "go test ./policy/settings -run TestDocs -update"
	const marker = "<!-- From here on written by: " + again + " -->\n"
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	prose, _, found := strings.Cut(string(text), marker)
	require.True(t, found, "%s has lost the line %q", file, marker)
	want := prose + marker + describeAll()
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o644))
		return
	}
	require.Equal(t, want, string(text), "to write it, run: "+again)
}

func describeAll() string {
	var b strings.Builder
	for _, i := range List() {
		fmt.Fprintf(&b, "\n### %s\n\nFormat: %s; since Harvester %s; ", i.Name, escaped(i.Form), i.Since)
		if i.Default == "" {
			b.WriteString("empty by default")
		} else {
			fmt.Fprintf(&b, "by default `%s`", i.Default)
		}
		if i.Keep {
			b.WriteString("; cannot be deleted")
		}
		fmt.Fprintf(&b, ".\n\n%s\n\n```\n%s\n```\n", escaped(i.Doc), strings.TrimSuffix(i.Example, "\n"))
	}
	return b.String()
}

func escaped(text string) string {
	return strings.NewReplacer("<", "&lt;", ">", "&gt;", "*", `\*`).Replace(text)
}
