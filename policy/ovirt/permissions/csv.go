package permissions

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// columns of a CSV list, by the names in its first line: those that must be there, then those that may.
var (
	required = []string{"principal", "principal_type", "role", "object_type", "object"}
	optional = []string{"id", "principal_id", "object_id"}
)

// Columns are the names of the columns of a CSV list.
func Columns() []string { return slices.Concat(required, optional) }

func (r *Reader) readCSV(file string, text []byte) error {
	lines := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	lines.FieldsPerRecord = -1
	lines.TrimLeadingSpace = true
	lines.Comment = '#'
	header, err := lines.Read()
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: is empty", file)
	} else if err != nil {
		return fmt.Errorf("%s: neither JSON nor CSV: %w", file, err)
	}
	at := map[string]int{}
	for i, name := range header {
		at[strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), " ", "_")] = i
	}
	for _, name := range required {
		if _, ok := at[name]; !ok {
			return fmt.Errorf("%s:1: there is no column %s: the first line names the columns %s", file, name, strings.Join(required, ","))
		}
	}
	for {
		record, err := lines.Read()
		var broken *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &broken):
			until := ""
			if broken.Line > broken.StartLine { // a quote that nothing closes takes all lines after it
				until = fmt.Sprintf(", nor can what follows up to line %d", broken.Line)
			}
			r.lost(Position{file, broken.StartLine}, "cannot be read%s: %v", until, broken.Err)
			continue
		case err != nil:
			return fmt.Errorf("%s: %w", file, err)
		}
		line, _ := lines.FieldPos(0)
		r.addRecord(Position{file, line}, func(column string) string {
			i, ok := at[column]
			if !ok || i >= len(record) {
				return ""
			}
			return strings.TrimSpace(record[i])
		})
	}
}

func (r *Reader) addRecord(pos Position, cell func(column string) string) {
	p := Permission{Position: pos, ID: cell("id"), Kind: PrincipalKind(strings.ToLower(cell("principal_type"))),
		Principal: Named{ID: cell("principal_id"), Name: cell("principal")}, Role: roleNamed(cell("role")),
		Object: Named{ID: cell("object_id"), Name: cell("object")}}
	if p.Principal.ID == everyoneID || p.Principal.Name == everyoneID || p.Kind == "" && p.Principal.Name == "Everyone" {
		p.Kind = Everyone
	}
	var known bool
	p.Type, known = typeNamed(cell("object_type"))
	switch {
	case p.Kind != User && p.Kind != Group && p.Kind != Everyone:
		r.lost(pos, "the principal_type %q is none of user, group, everyone", cell("principal_type"))
	case p.Kind != Everyone && p.Principal.String() == "":
		r.lost(pos, "names no principal")
	case p.Role.String() == "":
		r.lost(pos, "names no role")
	case !known:
		r.lost(pos, "there is no object_type %q", cell("object_type"))
	case p.Type.Word != "system" && p.Object.String() == "":
		r.lost(pos, "names no object")
	default:
		r.list.Permissions = append(r.list.Permissions, p)
	}
}

// roleNamed takes a UUID for an id, and all else for a name.
func roleNamed(text string) Named {
	if isUUID(text) {
		return Named{ID: strings.ToLower(text)}
	}
	return Named{Name: text}
}

func isUUID(text string) bool {
	parts := strings.Split(text, "-")
	lengths := []int{8, 4, 4, 4, 12}
	if len(parts) != len(lengths) {
		return false
	}
	for i, part := range parts {
		if len(part) != lengths[i] || strings.Trim(strings.ToLower(part), "0123456789abcdef") != "" {
			return false
		}
	}
	return true
}
