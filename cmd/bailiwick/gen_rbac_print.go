package main

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"

	"github.com/bailiwick-dev/bailiwick/policy/render"
)

func tellNotes(io stdio, notes []render.Note) {
	for _, n := range notes {
		tell(io.err, "warning", n, "")
	}
	if len(notes) > 0 {
		tellHint(io.err, "Bailiwick grants these as they stand, only user interfaces show less")
	}
}

// writeList writes objects as one List, below comments where the format has any.
func writeList[T any](g *genRBAC, io stdio, comments string, objects []T) error {
	encode, text := printJSON, new(bytes.Buffer)
	if g.format == "yaml" {
		encode = printYAML
		text.WriteString(comments)
	}
	if err := encode(text, map[string]any{"apiVersion": "v1", "kind": "List", "items": objects}); err != nil {
		return err
	}
	return g.write(io, text.Bytes(), openFile)
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
