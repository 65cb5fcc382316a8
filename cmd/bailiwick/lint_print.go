package main

import "io"

var lintFormats = []string{"text", "json", "junit", "sarif"}

// print writes the findings in the format that was asked for.
func (l *lint) print(out io.Writer, read *linted, found []finding) error {
	switch l.format {
	case "json":
		items := make([]findingJSON, 0, len(found))
		for _, f := range found {
			items = append(items, findingJSON{f.rule, newProblemJSON(f.Problem)})
		}
		return printJSON(out, items)
	case "junit":
		return printJUnit(out, read.documents, found)
	case "sarif":
		return printJSON(out, sarif(found))
	}
	for _, f := range found {
		tell(out, string(f.Severity), f, f.Hint)
	}
	return nil
}

// findingJSON is a finding as JSON.
type findingJSON struct {
	Rule string `json:"rule"` // policy, settings, the guard/check, or that of apiserver.Rules
	problemJSON
}
