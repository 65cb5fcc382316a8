package permissions

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

//go:generate go test . -run ^TestDocs$ -update

// TestDocs: the tables of docs/coming-from-rhv.md are those of the catalogue.
func TestDocs(t *testing.T) {
	const file = "../../../docs/coming-from-rhv.md"
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	want := between(t, string(text), "roles", rolesTable())
	want = between(t, want, "groups", groupsTable())
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o644))
		return
	}
	require.Equal(t, want, string(text), "to write it, run: make generate")
}

// between puts a table between its markers.
func between(t *testing.T, text, name, table string) string {
	begin, end := "<!-- "+name+": written by make generate -->\n", "<!-- end of "+name+" -->"
	head, rest, found := strings.Cut(text, begin)
	require.True(t, found, begin)
	_, tail, found := strings.Cut(rest, end)
	require.True(t, found, end)
	return head + begin + "\n" + table + "\n" + end + tail
}

func rolesTable() string {
	var b strings.Builder
	b.WriteString("| role | for | gives | counts on | less, or other |\n|---|---|---|---|---|\n")
	for _, r := range ovirt.Roles() {
		on := "all"
		if r.Only != 0 {
			var types []string
			for t := ovirt.System; t <= ovirt.VnicProfile; t++ {
				if r.Only.Has(t) {
					types = append(types, t.String())
				}
			}
			on = strings.Join(types, ", ")
		}
		less := strings.Join(partly(r.Groups), ", ")
		if !givesAny(r) {
			less = "gives nothing here"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.Name, map[ovirt.RoleType]string{ovirt.Admin: "administrators", ovirt.User: "users"}[r.Type], r.Description, on, less)
	}
	return b.String()
}

// partly are the groups that give something, and not all of it.
func partly(groups ovirt.Groups) []string {
	return slices.DeleteFunc(noted(groups), func(name string) bool {
		g, _ := ovirt.GroupByName(name)
		return !givesAnything(g)
	})
}

func groupsTable() string {
	var b strings.Builder
	b.WriteString("| action group | |\n|---|---|\n")
	for g := range ovirt.AllGroups.All() {
		if g.Note() == "" {
			continue
		}
		nothing := ""
		if !givesAnything(g) {
			nothing = "gives nothing: "
		}
		fmt.Fprintf(&b, "| %s | %s%s |\n", g, nothing, g.Note())
	}
	return b.String()
}
