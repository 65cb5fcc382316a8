package permissions

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

func beginsLikeJSON(text []byte) bool {
	text = bytes.TrimLeft(text, "\ufeff \t\r\n")
	return len(text) > 0 && (text[0] == '{' || text[0] == '[')
}

// readJSON reads answers of the REST API, any number one after the other or in a list: {"permission": […]},
// {"role": […]}, {"user": […]}, {"vm": […]} and so on. Each element knows its line.
func (r *Reader) readJSON(file string, text []byte) error {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	d := json.NewDecoder(bytes.NewReader(text))
	lines := lineCounter{text: text, line: 1}
	fail := func(err error) error {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return fmt.Errorf("%s:%d: not JSON: %w", file, lines.at(d.InputOffset()), err)
	}
	var path []json.Delim // what is open
	key := ""
	for {
		if len(path) > 0 && path[len(path)-1] == '[' && key != "" && d.More() {
			var raw json.RawMessage
			if err := d.Decode(&raw); err != nil {
				return fail(err)
			}
			r.addElement(Position{file, lines.at(d.InputOffset() - int64(len(raw)))}, key, raw)
			continue
		}
		token, err := d.Token()
		if errors.Is(err, io.EOF) && len(path) == 0 {
			return nil
		} else if err != nil {
			return fail(err)
		}
		switch t := token.(type) {
		case json.Delim:
			if t == '{' || t == '[' {
				path = append(path, t)
			} else {
				path = path[:len(path)-1]
				key = ""
			}
		case string:
			// Outside of lists, which are read as a whole, a text is a key.
			if len(path) == 0 || path[len(path)-1] != '{' {
				return fmt.Errorf("%s:%d: want answers of the engine, as {\"permission\": […]}, not the text %q", file, lines.at(d.InputOffset()), t)
			}
			if key = t; !isList(text[d.InputOffset():]) {
				key = ""
				var raw json.RawMessage
				if err := d.Decode(&raw); err != nil {
					return fail(err)
				}
				if (t == "permission" || t == "fault") && string(raw) != "null" { // the engine answers a fault when it refuses
					return fmt.Errorf("%s:%d: want answers of the engine, as {\"permission\": […]}, not a %s that is no list", file, lines.at(d.InputOffset()), t)
				}
			}
		default:
			return fmt.Errorf("%s:%d: want answers of the engine, as {\"permission\": […]}, not %v", file, lines.at(d.InputOffset()), t)
		}
	}
}

// isList says whether what follows a key is a list.
func isList(rest []byte) bool {
	rest = bytes.TrimLeft(rest, ": \t\r\n")
	return len(rest) > 0 && rest[0] == '['
}

// lineCounter says on which line of a text an offset is. Offsets come in order.
type lineCounter struct {
	text []byte
	to   int64
	line int
}

func (c *lineCounter) at(offset int64) int {
	offset = min(offset, int64(len(c.text)))
	if offset > c.to {
		c.line += bytes.Count(c.text[c.to:offset], []byte("\n"))
		c.to = offset
	}
	return c.line
}
