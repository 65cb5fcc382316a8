package main

import (
	"fmt"
	"strings"
	"unicode"

	"sigs.k8s.io/yaml"

	"github.com/bailiwick-dev/bailiwick/policy/render"
)

func tellNotes(io stdio, notes []render.Note) {
	for _, n := range notes {
		fmt.Fprintf(io.err, "warning: %s\n", n)
	}
	if len(notes) > 0 {
		fmt.Fprintln(io.err, "hint: Bailiwick grants these as they stand, only user interfaces show less")
	}
}

// writeList writes objects as one List, below comments where the format has any.
func writeList[T any](g *genRBAC, io stdio, comments string, objects []T) error {
	list := map[string]any{"apiVersion": "v1", "kind": "List", "items": objects}
	if g.format == "json" {
		var text strings.Builder
		if err := printJSON(&text, list); err != nil {
			return err
		}
		return g.write(io, []byte(text.String()), openFile)
	}
	text, err := yaml.Marshal(list)
	if err != nil {
		return err
	}
	return g.write(io, append([]byte(comments), text...), openFile)
}

// header says what the objects are, and what is missing.
func header(rbac *render.RBAC) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# What the policy grants on one cluster, written by bailiwick gen rbac. RBAC grants it until it is deleted there.\n# Label: %s=%s\n", render.Label, rbac.Cluster)
	for _, n := range rbac.Notes {
		fmt.Fprintf(&b, "# %s\n", oneLine(n.String()))
	}
	return b.String()
}

// oneLine keeps a text, which holds names that tenants choose, from ending a comment.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
}
