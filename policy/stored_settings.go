package policy

import "github.com/bailiwick-dev/bailiwick/policy/settings"

// storedSettings notes what each Harvester setting says now, and reports what would be refused if it were written
// today. A value that was right can become wrong: a node joins whose address noProxy leaves out, a certificate ends.
// That is for people to mend; nodes are never refused for it.
func (c *compiler) storedSettings(f *settings.Facts, stored []*Setting) {
	if len(stored) == 0 {
		return
	}
	f.Settings = make(map[string]string, len(stored))
	for _, s := range stored {
		f.Settings[s.Metadata.Name] = s.Effective()
	}
	for _, s := range stored {
		field := "value"
		if s.Value == "" {
			field = "default"
		}
		for _, e := range settings.Check(s.Metadata.Name, s.Effective(), *f).Errors {
			c.problems.add(Warning, &s.Object, field+e.Path, e.Message, e.Hint)
		}
	}
}

// LintSetting judges a setting that is not stored yet: what would be refused, and what would be warned of.
func LintSetting(s *Setting, f settings.Facts) []Problem {
	var ps problems
	judge := func(field, text string) {
		found := settings.Check(s.Metadata.Name, text, f)
		for _, e := range found.Errors {
			ps.add(Error, &s.Object, field+e.Path, e.Message, e.Hint)
		}
		for _, w := range found.Warnings {
			ps.add(Warning, &s.Object, field+w.Path, w.Message, w.Hint)
		}
	}
	if s.Default != "" {
		judge("default", s.Default)
	}
	if s.Value != "" && s.Value != s.Default {
		judge("value", s.Value)
	}
	return ps
}
