// Package settings checks the values of Harvester settings
// (settings.harvesterhci.io) before they reach a cluster.
//
// Every setting has one pure function from (value, facts) to problems and
// warnings. An error means that the value must not be stored: Harvester
// refuses it, or takes it and breaks. A warning means that the value works
// but probably does not do what its author wants, or that a fact needed to
// judge it is missing; the latter start with "not checked:".
//
// Each setting sits in a file of its own or in that of its family, with its
// rule in words on top; [List] and [Check] read the one table in registry.go.
// Where a rule follows Harvester's own webhook the comment names the function
// of pkg/webhook/resources/setting/validator.go; where ours is stricter the
// comment says why. It is never laxer: both webhooks have to agree before a
// value is stored.
//
// Nothing here opens a connection or reads a clock. Messages never contain
// keys, passwords or tokens; text taken from a value is shortened and stripped
// of URL credentials before it is shown (see text.go).
package settings

import (
	"slices"
	"strings"
)

// Finding is one thing to say about a value.
type Finding struct {
	Path    string `json:"path,omitempty"` // JSON pointer inside the value, "" for the whole value
	Message string `json:"message"`        // what is wrong
	Hint    string `json:"hint,omitempty"` // what to do about it, possibly empty
}

// String is the message followed by the hint, on one line.
func (f Finding) String() string {
	var b strings.Builder
	if f.Path != "" {
		b.WriteString(f.Path + ": ")
	}
	b.WriteString(f.Message)
	if f.Hint != "" {
		b.WriteString(" (" + f.Hint + ")")
	}
	return b.String()
}

// Result is what a check found. The zero value means that the value is fine.
type Result struct {
	Errors   []Finding `json:"errors,omitempty"`
	Warnings []Finding `json:"warnings,omitempty"`
}

// OK says that the value may be stored.
func (r Result) OK() bool { return len(r.Errors) == 0 }

// Info describes a setting for people.
type Info struct {
	Name    string `json:"name"`
	Since   string `json:"since"`          // oldest Harvester minor that declares it
	Form    string `json:"format"`         // what its value looks like
	Default string `json:"default"`        // what Harvester writes at boot
	Example string `json:"example"`        // a value that passes
	Doc     string `json:"checks"`         // what is refused and what is warned of
	Keep    bool   `json:"keep,omitempty"` // Harvester refuses to delete it: reset it instead
}

// maxValue bounds what is looked at: all certificates that browsers trust take
// half of it, and an admission request has ten seconds.
const maxValue = 512 << 10

// Check judges one value of one setting. It serves `value` and `default`
// alike. The empty value always passes, because it is how a setting is reset.
func Check(name, value string, facts Facts) Result {
	i, known := find(name)
	if !known {
		var r Result
		r.warnf("", "setting %s is not known to this version, its value is not checked", show(name)).
			hintNear(name, names())
		return r
	}
	switch {
	case value == "":
		return Result{}
	case len(value) > maxValue:
		var r Result
		r.errorf("", "the value has %d bytes, more than the %d that any setting needs", len(value), maxValue)
		return r
	}
	return table[i].check(value, facts)
}

func find(name string) (int, bool) {
	return slices.BinarySearchFunc(table, name, func(s setting, name string) int { return strings.Compare(s.Name, name) })
}

// Describe returns what people are told of one setting, and false for a name that Harvester does not declare.
func Describe(name string) (Info, bool) {
	i, known := find(name)
	if !known {
		return Info{}, false
	}
	return table[i].Info, true
}

// List describes every setting, sorted by name.
func List() []Info {
	infos := make([]Info, 0, len(table))
	for _, s := range table {
		infos = append(infos, s.Info)
	}
	return infos
}

func names() []string {
	names := make([]string, 0, len(table))
	for _, s := range table {
		names = append(names, s.Name)
	}
	return names
}
