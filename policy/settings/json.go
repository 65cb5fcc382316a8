package settings

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// kind is the type of a JSON value, named as messages name it.
type kind string

const (
	isNull   kind = "null"
	isBool   kind = "true or false"
	isNumber kind = "a number"
	isText   kind = "a string"
	isList   kind = "a list"
	isObject kind = "an object"
)

// node is a JSON value that keeps what encoding/json throws away: the order
// of keys, and keys given twice.
type node struct {
	kind    kind
	flag    bool
	text    string // of a string; the literal of a number
	list    []node
	members []member
}

type member struct {
	name  string
	value node
}

// decode reads a value that has to be a JSON object. It returns nil after
// having reported why it is not one. The null that encoding/json takes for an
// empty object passes with a warning.
func decode(value string, r *Result) *object {
	root, ok := parse(value, r)
	if !ok {
		return nil
	}
	switch root.kind {
	case isObject:
		return &object{r: r, members: root.members}
	case isNull:
		r.warnf("", "null is read as an empty object").hintf("write {}, or leave the value empty")
		return &object{r: r}
	default:
		r.errorf("", "the value must be a JSON object, not %s", root.kind)
		return nil
	}
}

// parse reports syntax errors by position only: the offending text may be
// part of a secret.
func parse(value string, r *Result) (node, bool) {
	var whole json.RawMessage
	if err := json.Unmarshal([]byte(value), &whole); err != nil {
		reportSyntax(value, err, r)
		return node{}, false
	}
	d := json.NewDecoder(strings.NewReader(value))
	d.UseNumber()
	root, err := read(d)
	if err != nil {
		r.errorf("", "the value is not valid JSON")
		return node{}, false
	}
	return root, true
}

func reportSyntax(value string, err error, r *Result) {
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) || syntax.Offset > int64(len(value)) {
		r.errorf("", "the value is not valid JSON")
		return
	}
	before := value[:max(0, syntax.Offset-1)]
	line := strings.Count(before, "\n") + 1
	column := len(before) - strings.LastIndex(before, "\n")
	var first json.RawMessage
	switch {
	case strings.Contains(syntax.Error(), "unexpected end"):
		r.errorf("", "the value is not valid JSON: it ends too early")
	case json.NewDecoder(strings.NewReader(value)).Decode(&first) == nil:
		r.errorf("", "the value has text after the end of its JSON, at line %d column %d", line, column).
			hintf("keep one JSON value only")
	default:
		f := r.errorf("", "the value is not valid JSON at line %d column %d", line, column)
		if !strings.HasPrefix(strings.TrimSpace(value), "{") {
			f.hintf("the setting takes JSON, not YAML or plain text")
		}
	}
}

// read builds the tree below the next token. Its depth is bounded, because
// parse has let encoding/json validate the text first.
func read(d *json.Decoder) (node, error) {
	token, err := d.Token()
	if err != nil {
		return node{}, err
	}
	switch t := token.(type) {
	case bool:
		return node{kind: isBool, flag: t}, nil
	case json.Number:
		return node{kind: isNumber, text: t.String()}, nil
	case string:
		return node{kind: isText, text: t}, nil
	case json.Delim:
		if t == '[' {
			return readList(d)
		}
		return readObject(d)
	case nil:
		return node{kind: isNull}, nil
	}
	return node{}, io.ErrUnexpectedEOF
}

func readList(d *json.Decoder) (node, error) {
	n := node{kind: isList}
	for d.More() {
		item, err := read(d)
		if err != nil {
			return node{}, err
		}
		n.list = append(n.list, item)
	}
	_, err := d.Token()
	return n, err
}

func readObject(d *json.Decoder) (node, error) {
	n := node{kind: isObject}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return node{}, err
		}
		value, err := read(d)
		if err != nil {
			return node{}, err
		}
		name, _ := key.(string)
		n.members = append(n.members, member{name, value})
	}
	_, err := d.Token()
	return n, err
}
