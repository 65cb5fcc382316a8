package policy

import (
	"cmp"
	"slices"
	"strings"
)

// Severity says whether a Problem takes something out of the policy.
type Severity string

const (
	// Error means that the object, or the named part of it, is not in force.
	Error Severity = "error"
	// Warning means that the object is in force, but probably not as meant.
	Warning Severity = "warning"
)

// Problem is something wrong in the policy. It says which object and field, where that stands, and what to do.
type Problem struct {
	Severity Severity
	Object   Ref      // empty when no object could be read
	Position Position // empty for a live cluster
	Path     string   // field, as in "spec.clusterSelector"; empty for the whole object
	Message  string
	Hint     string // what to do; may be empty
}

// String is one line: `examples/a.yaml:12: RoleRequest "x": spec.clusterSelector: …`.
func (p Problem) String() string {
	var parts []string
	for _, s := range []string{p.Position.String(), p.Object.String(), p.Path, p.Message} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ": ")
}

// SortProblems orders problems by file, line, object and field.
func SortProblems(ps []Problem) { slices.SortStableFunc(ps, Problem.Compare) }

// Compare is the order of SortProblems.
func (p Problem) Compare(o Problem) int {
	return cmp.Or(cmp.Compare(p.Position.File, o.Position.File), cmp.Compare(p.Position.Line, o.Position.Line),
		p.Object.compare(o.Object), cmp.Compare(p.Path, o.Path), cmp.Compare(p.Message, o.Message))
}

// problems collects what Compile finds.
type problems []Problem

func (ps *problems) add(s Severity, o *Object, path, message, hint string) {
	*ps = append(*ps, Problem{Severity: s, Object: o.Ref(), Position: o.Position, Path: path, Message: message, Hint: hint})
}
