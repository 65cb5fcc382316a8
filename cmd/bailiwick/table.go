package main

import (
	"io"
	"strings"
	"unicode/utf8"
)

// writeTable prints rows in a box, as sveltosctl does: the words of the header in the middle, all others to the left.
func writeTable(w io.Writer, header []string, rows [][]string) error {
	widths := make([]int, len(header))
	for _, row := range append([][]string{header}, rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	rule := "+"
	for _, width := range widths {
		rule += strings.Repeat("-", width+2) + "+"
	}
	lines := []string{rule, line(header, widths, true), rule}
	for _, row := range rows {
		lines = append(lines, line(row, widths, false))
	}
	lines = append(lines, rule, "")
	_, err := io.WriteString(w, strings.Join(lines, "\n"))
	return err
}

func line(cells []string, widths []int, centred bool) string {
	var b strings.Builder
	b.WriteByte('|')
	for i, cell := range cells {
		free := widths[i] - utf8.RuneCountInString(cell)
		before := 0
		if centred {
			before = free / 2
		}
		b.WriteString(strings.Repeat(" ", before+1) + cell + strings.Repeat(" ", free-before+1) + "|")
	}
	return b.String()
}
