package ledger

import (
	"fmt"
	"strings"
)

// Table is the ledger as Markdown: a table for each section, a row for each sentence.
func Table(sections []Section) string {
	var b strings.Builder
	for _, s := range sections {
		fmt.Fprintf(&b, "\n### %s\n\n| sentence | case | compatible | hardened |\n|---|---|---|---|\n", s.Title)
		for _, c := range s.Cases {
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", c.Says, c.shown(), c.verdict(Compatible), c.verdict(Hardened))
		}
	}
	return b.String()
}

func (c *Case) shown() string {
	if c.ShownBy != "" {
		return "`" + c.ShownBy + "`"
	}
	return "`" + c.ID + "`"
}

func (c *Case) verdict(mode Mode) string {
	if text := c.Differs[mode]; text != "" {
		return "differs: " + text
	}
	return "so it is"
}
