package settings

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// object gives typed access to a JSON object, reading it the way
// encoding/json fills the Go struct that Harvester decodes into: keys match
// whatever their case, the last of several wins, null leaves a field alone.
// What such a decoder swallows becomes a finding of the Result.
//
// A check asks for every key that the setting has and then calls rest.
type object struct {
	r       *Result
	path    string
	members []member
	known   []string
	exact   bool // Harvester decodes into a map: keys match by their exact spelling
}

// is says whether a key as written stands for the named one.
func (o *object) is(written, name string) bool {
	return written == name || !o.exact && strings.EqualFold(written, name)
}

// has says that the key is there and not null.
func (o *object) has(name string) bool {
	return slices.ContainsFunc(o.members, func(m member) bool {
		return m.value.kind != isNull && o.is(m.name, name)
	})
}

// spells says that the key is there, null or not.
func (o *object) spells(name string) bool {
	return slices.ContainsFunc(o.members, func(m member) bool { return o.is(m.name, name) })
}

// at is the JSON pointer of a key of o, as the key is written there.
func (o *object) at(name string) string {
	written := name
	for _, m := range o.members {
		if m.name == name {
			written = name
			break
		}
		if o.is(m.name, name) {
			written = m.name
		}
	}
	return o.under(written)
}

// under is at for a key known to be written like this.
func (o *object) under(name string) string { return o.path + "/" + escape(name) }

// escape also hides credentials that somebody put into a key: a pointer that
// does not resolve is better than a password in a log.
func escape(name string) string {
	return pointerEscapes.Replace(plain(name))
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// find returns the value of a key. Several objects under one key are merged,
// as encoding/json does with structs.
func (o *object) find(name string) (node, bool) {
	o.known = append(o.known, name)
	var found []member
	for _, m := range o.members {
		if !o.is(m.name, name) {
			continue
		}
		if m.name != name {
			o.r.warnf(o.under(m.name), "key %s is read as %q", show(m.name), name).
				hintf("write %q", name)
		}
		found = append(found, m)
	}
	if len(found) > 1 {
		o.r.warnf(o.at(name), "key %q is given %d times, the last one counts", name, len(found)).
			hintf("keep one")
	}
	found = slices.DeleteFunc(found, func(m member) bool { return m.value.kind == isNull })
	if len(found) == 0 {
		return node{}, false
	}
	last := found[len(found)-1].value
	if last.kind == isObject {
		last.members = nil
		for _, m := range found {
			last.members = append(last.members, m.value.members...)
		}
	}
	return last, true
}

// want is find with the type checked; duplicates of another type count too,
// because Harvester's decoder stops at them.
func (o *object) want(name string, k kind) (node, bool) {
	n, ok := o.find(name)
	if !ok {
		return node{}, false
	}
	for _, m := range o.members {
		if o.is(m.name, name) && m.value.kind != k && m.value.kind != isNull {
			o.r.errorf(o.at(name), "must be %s, not %s", k, m.value.kind)
			return node{}, false
		}
	}
	return n, true
}

func (o *object) text(name string) string {
	n, _ := o.want(name, isText)
	return n.text
}

func (o *object) flag(name string) bool {
	n, _ := o.want(name, isBool)
	return n.flag
}

// integer returns 0 for a key that is absent, as a Go struct would hold.
func (o *object) integer(name string) int64 {
	n, ok := o.want(name, isNumber)
	if !ok {
		return 0
	}
	i, err := strconv.ParseInt(n.text, 10, 64)
	if err != nil {
		o.r.errorf(o.at(name), "must be a whole number, not %s", plain(n.text))
	}
	return i
}

// texts returns the strings of a list.
func (o *object) texts(name string) []string {
	n, _ := o.want(name, isList)
	var texts []string
	for i, item := range n.list {
		switch item.kind {
		case isText, isNull:
			texts = append(texts, item.text)
		default:
			o.r.errorf(fmt.Sprintf("%s/%d", o.at(name), i), "must be a string, not %s", item.kind)
		}
	}
	return texts
}

// object returns the object under a key, an empty one if there is none.
func (o *object) object(name string) *object {
	n, _ := o.want(name, isObject)
	return &object{r: o.r, path: o.at(name), members: n.members, exact: o.exact}
}

// entries returns the members of an object whose keys are free, such as host
// names. Of a repeated key the last one counts, but Harvester's decoder stops
// at mistakes in the others too, so all are returned.
func (o *object) entries() []member {
	seen := map[string]bool{}
	for _, m := range o.members {
		if seen[m.name] {
			o.r.warnf(o.under(m.name), "key %s is repeated, the last one counts", show(m.name)).hintf("keep one")
		}
		seen[m.name] = true
	}
	return o.members
}

// entry returns the object that an entry holds.
func (o *object) entry(m member) *object {
	if m.value.kind != isObject && m.value.kind != isNull {
		o.r.errorf(o.under(m.name), "must be an object, not %s", m.value.kind)
	}
	return &object{r: o.r, path: o.under(m.name), members: m.value.members}
}
