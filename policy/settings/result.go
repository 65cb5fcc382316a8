package settings

import "fmt"

// maxFindings bounds each list of a Result: a value of a megabyte of mistakes
// must not become an answer of many megabytes.
const maxFindings = 32

// maxItems bounds lists whose items have to be compared with one another.
const maxItems = 1000

// errorf and warnf add a finding at path and return it, so that a hint can be
// chained; nil if the list is full, which the hints take. Arguments that come
// out of the value go through show first.
func (r *Result) errorf(path, format string, args ...any) *Finding {
	return add(&r.Errors, path, fmt.Sprintf(format, args...))
}

func (r *Result) warnf(path, format string, args ...any) *Finding {
	return add(&r.Warnings, path, fmt.Sprintf(format, args...))
}

// unknownf warns of what could not be judged for lack of facts.
func (r *Result) unknownf(path, format string, args ...any) {
	add(&r.Warnings, path, "not checked: "+fmt.Sprintf(format, args...))
}

func (r *Result) failed() bool { return len(r.Errors) > 0 }

func (f *Finding) hintf(format string, args ...any) *Finding {
	if f != nil {
		f.Hint = fmt.Sprintf(format, args...)
	}
	return f
}

// hintNear suggests the candidate that looks like a misspelling of name.
func (f *Finding) hintNear(name string, candidates []string) *Finding {
	if f == nil {
		return nil
	}
	if near := nearest(name, candidates); near != "" {
		f.Hint = fmt.Sprintf("did you mean %q?", near)
	}
	return f
}

func add(list *[]Finding, path, message string) *Finding {
	switch {
	case len(*list) < maxFindings:
		*list = append(*list, Finding{Path: path, Message: message})
	case len(*list) == maxFindings:
		*list = append(*list, Finding{Message: "more of this kind is left out"})
		return nil
	default:
		return nil
	}
	return &(*list)[len(*list)-1]
}
