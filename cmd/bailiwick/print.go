package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// tell writes what happened, as an error, warning or note, and in a second line what to do about it, if there is anything.
func tell(out io.Writer, word string, what any, hint string) {
	fmt.Fprintf(out, "%s: %v\n", word, what)
	tellHint(out, hint)
}

func tellHint(out io.Writer, hint string) {
	if hint != "" {
		fmt.Fprintf(out, "hint: %s\n", hint)
	}
}

// checkFormat wants -o to be one of the formats that a command knows.
func checkFormat(format string, known []string) error {
	if !slices.Contains(known, format) {
		return broken("formats are "+strings.Join(known, ", "), "-o: there is no format %q", format)
	}
	return nil
}

func printJSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func printYAML(out io.Writer, v any) error {
	text, err := yaml.Marshal(v)
	if err != nil {
		return err
	}
	_, err = out.Write(text)
	return err
}

// count is a number of things.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
