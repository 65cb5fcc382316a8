// Package ledger reads what a documentation says about roles, sentence by sentence, each with the questions that show
// whether it is so.
//
// A section of the documentation is a txtar archive: bindings in policy.yaml, and in asks the sentences:
//
//	[keys] View SSH keys, templates and secrets
//	u-view get,list keypairs.harvesterhci.io -n team => yes
//	u-view get,list secrets -n team => yes/yes/no
//	hardened: no Secrets, with which a reader could act as others
//
// A question names who asks, the user and his groups, then verbs, resources and perhaps a name. Its answers are the
// documentation's own, and those in compatible and hardened mode; one stands for all three. Where they part, a line for
// the mode, or for both, says what differs and why. A sentence that questions cannot show names the test that does:
//
//	shown by: charts TestHarvesterRBACValues
package ledger

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"
)

// Mode is one of the two forms of the chart harvester-rbac.
type Mode string

// The modes.
const (
	Compatible Mode = "compatible"
	Hardened   Mode = "hardened"
)

// Modes are all modes.
func Modes() []Mode { return []Mode{Compatible, Hardened} }

// Answer is who allows a request.
type Answer string

const (
	// Yes is that a binding of a RoleTemplate allows it.
	Yes Answer = "yes"
	// RBAC is that no binding does, but a role that Harvester gives to everybody.
	RBAC Answer = "rbac"
	// No is that nobody does.
	No Answer = "no"
)

// Allowed says whether the request goes through.
func (a Answer) Allowed() bool { return a != No }

// Section is one part of the documentation.
type Section struct {
	Name   string // of the file
	Title  string
	Policy string
	Cases  []Case
}

// Case is one sentence.
type Case struct {
	ID      string // <section>/<name>
	Says    string
	Asks    []Ask
	Differs map[Mode]string // what is not as it says, and why
	ShownBy string          // folder and test; only without Asks
}

// Read reads the sections in a folder, ordered by file name.
func Read(dir string) ([]Section, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil {
		return nil, fmt.Errorf("reading the ledger: %w", err)
	}
	var sections []Section
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading the ledger: %w", err)
		}
		s := Section{Name: strings.TrimSuffix(filepath.Base(file), ".txtar"), Title: strings.TrimSpace(string(archive.Comment))}
		for _, f := range archive.Files {
			switch f.Name {
			case "policy.yaml":
				s.Policy = string(f.Data)
			case "asks":
				err = s.read(string(f.Data))
			default:
				err = fmt.Errorf("there is no place for %s", f.Name)
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
		}
		sections = append(sections, s)
	}
	return sections, nil
}

func (s *Section) read(text string) error {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := s.line(line); err != nil {
			return fmt.Errorf("%q: %w", line, err)
		}
	}
	for i := range s.Cases {
		if err := s.Cases[i].check(); err != nil {
			return fmt.Errorf("%s: %w", s.Cases[i].ID, err)
		}
	}
	return nil
}

func (s *Section) line(line string) error {
	if name, says, ok := strings.Cut(line, "] "); ok && strings.HasPrefix(name, "[") {
		s.Cases = append(s.Cases, Case{ID: s.Name + "/" + name[1:], Says: says, Differs: map[Mode]string{}})
		return nil
	}
	if len(s.Cases) == 0 {
		return fmt.Errorf("stands before the first sentence, which begins with [name]")
	}
	c := &s.Cases[len(s.Cases)-1]
	key, text, _ := strings.Cut(line, ": ")
	switch key {
	case "shown by":
		c.ShownBy = text
	case "both":
		c.Differs[Compatible], c.Differs[Hardened] = text, text
	case string(Compatible), string(Hardened):
		c.Differs[Mode(key)] = text
	default:
		asks, err := parseAsks(line)
		if err != nil {
			return err
		}
		c.Asks = append(c.Asks, asks...)
	}
	return nil
}

// check holds that a difference is told exactly where there is one.
func (c *Case) check() error {
	if (len(c.Asks) == 0) == (c.ShownBy == "") {
		return fmt.Errorf("either questions or one test show a sentence")
	}
	for _, mode := range Modes() {
		differs := slices.ContainsFunc(c.Asks, func(a Ask) bool { return a.Says.Allowed() != a.Want[mode].Allowed() })
		if differs != (c.Differs[mode] != "") && len(c.Asks) > 0 {
			return fmt.Errorf("in %s mode: an answer differs from the documentation: %t, a line says so: %t", mode, differs, !differs)
		}
	}
	return nil
}
