package ovirt

import (
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// block is a line of a golden file and the indented lines under it.
type block struct {
	head  string
	lines []string
}

func blocks(t *testing.T, file string) []block {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	var found []block
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\n")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "\t"):
			last := &found[len(found)-1]
			last.lines = append(last.lines, strings.TrimSpace(line))
		default:
			found = append(found, block{head: line})
		}
	}
	return found
}

// The roles are the engine's: types, ids, and every action group.
func TestRoles(t *testing.T) {
	golden := blocks(t, "testdata/groups.txt")
	require.Len(t, golden, 37)
	require.Len(t, Roles(), 37)
	for i, b := range golden {
		r := Roles()[i]
		views := map[bool]string{true: "views", false: "hides"}[r.ViewsChildren]
		require.Equal(t, b.head, strings.Join([]string{r.Name, string(r.Type), views, r.ID, strconv.Itoa(r.Groups.Len())}, " "))
		var groups []string
		for g := range r.Groups.All() {
			groups = append(groups, g.String())
		}
		require.Equal(t, strings.Fields(strings.Join(b.lines, " ")), groups, r.Name)
		require.NotEmpty(t, r.Description)

		byName, ok := RoleByName(r.Name)
		require.True(t, ok)
		require.Same(t, r, byName)
	}
}

// What each role gives in Kubernetes is worked out a second time, by hand, in the golden file.
func TestRulesOfRoles(t *testing.T) {
	golden := blocks(t, "testdata/rules.txt")
	require.Len(t, golden, 36, "all but SuperUser")
	for _, b := range golden {
		t.Run(b.head, func(t *testing.T) {
			r, ok := RoleByName(b.head)
			require.True(t, ok)
			require.Equal(t, b.lines, rendered(r))
		})
	}
}

// rendered is what a role gives beside reading, in the form of the golden file.
func rendered(r *Role) []string {
	verbs := map[string]map[string]bool{} // verbs of a resource, with whether only a body tells
	var idle Groups
	for g := range r.Groups.All() {
		gives := false
		for on := range ObjectType(len(objectTypes)) {
			for rule := range RulesOf(of(g), on) {
				if !r.Meets(rule.Requirement) {
					continue
				}
				gives = true
				for _, res := range rule.Resources {
					res = rule.APIGroup + " " + res
					if rule.APIGroup == "" {
						res = "core" + res
					}
					if verbs[res] == nil {
						verbs[res] = map[string]bool{}
					}
					for _, v := range rule.Verbs {
						narrow, known := verbs[res][v]
						verbs[res][v] = rule.Told == OnlyBody && (narrow || !known)
					}
				}
			}
		}
		if !gives {
			idle = idle.With(g)
		}
	}
	var lines []string
	for _, res := range slices.Sorted(maps.Keys(verbs)) {
		line := res + ":"
		for _, v := range strings.Fields("use get list watch create update patch delete") {
			if narrow, ok := verbs[res][v]; ok {
				line += " " + v + map[bool]string{true: "*"}[narrow]
			}
		}
		lines = append(lines, line)
	}
	if idle.Len() > 0 {
		line := "none:"
		for g := range idle.All() {
			line += " " + g.String()
		}
		lines = append(lines, line)
	}
	return lines
}
