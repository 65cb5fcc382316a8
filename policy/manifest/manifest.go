// Package manifest reads YAML (or JSON) text that holds several documents, and remembers on which line each stands.
package manifest

import (
	"bytes"
	"iter"
	"strings"

	"sigs.k8s.io/yaml"
)

// Document is one document of a text. Either JSON or Err is set.
type Document struct {
	// Line is the first line, counted from 1, that is neither blank nor a comment.
	Line int
	// JSON is the document, converted the way kubectl converts it.
	JSON []byte
	// Err says what is not YAML and on which line of the text; a key that stands twice is an error.
	Err error
}

// Documents yields the documents of a text in their order. Those that hold nothing but comments are left out.
func Documents(text []byte) iter.Seq[Document] {
	return func(yield func(Document) bool) {
		text = bytes.TrimPrefix(text, []byte("\ufeff"))
		start, line := 0, 0
		var doc []byte
		flush := func() bool {
			d, ok := convert(doc, start)
			return !ok || yield(d)
		}
		for l := range bytes.Lines(text) {
			line++
			if isSeparator(l) {
				if !flush() {
					return
				}
				// What follows the dashes on their own line belongs to the next document.
				doc, start = append([]byte(nil), l[3:]...), line-1
				continue
			}
			doc = append(doc, l...)
		}
		flush()
	}
}

func isSeparator(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, []byte("---"))
	return ok && (len(rest) == 0 || strings.ContainsRune(" \t\r\n", rune(rest[0])))
}

// convert turns one document that starts after `before` lines into JSON.
func convert(doc []byte, before int) (Document, bool) {
	first := firstLine(doc)
	if first < 0 {
		return Document{}, false
	}
	d := Document{Line: before + first + 1}
	d.JSON, d.Err = yaml.YAMLToJSONStrict(doc)
	if d.Err != nil {
		// Blank lines in front make the parser count from the start of the text, so its error names the true line.
		padded := append(bytes.Repeat([]byte("\n"), before), doc...)
		_, d.Err = yaml.YAMLToJSONStrict(padded)
	}
	return d, d.Err != nil || string(d.JSON) != "null"
}

// firstLine is the index of the first line that holds something, or -1.
func firstLine(doc []byte) int {
	i := 0
	for l := range bytes.Lines(doc) {
		l = bytes.TrimSpace(l)
		if len(l) > 0 && l[0] != '#' {
			return i
		}
		i++
	}
	return -1
}
