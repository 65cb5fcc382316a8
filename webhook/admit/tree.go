package admit

import (
	"fmt"
	"iter"
	"strings"
)

// tree is decoded JSON. Checks that look at many fields of a foreign kind read it by path instead of declaring them.
type tree = map[string]any

// each yields what stands at a path, and where: spec.helmCharts[].valuesFrom[] is every item of valuesFrom of every
// chart, the first at spec.helmCharts[0].valuesFrom[0]. What is not there, or has another shape, yields nothing, as does the empty path.
func each(object tree, path string) iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		if path != "" {
			visit(object, "", path, yield)
		}
	}
}

func visit(at any, where, path string, yield func(string, any) bool) bool {
	if path == "" {
		return yield(where, at)
	}
	segment, rest, _ := strings.Cut(path, ".")
	name, list := strings.CutSuffix(segment, "[]")
	fields, _ := at.(tree)
	value, ok := fields[name]
	if !ok || value == nil {
		return true
	}
	if where != "" {
		name = where + "." + name
	}
	if !list {
		return visit(value, name, rest, yield)
	}
	items, _ := value.([]any)
	for i, item := range items {
		if !visit(item, fmt.Sprintf("%s[%d]", name, i), rest, yield) {
			return false
		}
	}
	return true
}

// text is a field of an object, or "" when it is no text.
func text(object any, field string) string {
	fields, _ := object.(tree)
	s, _ := fields[field].(string)
	return s
}

// texts yields those values of a path that are texts.
func texts(object tree, path string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for where, value := range each(object, path) {
			if s, ok := value.(string); ok && !yield(where, s) {
				return
			}
		}
	}
}

// isTemplate says whether Sveltos fills in a text for each cluster.
func isTemplate(s string) bool { return strings.Contains(s, "{{") }
