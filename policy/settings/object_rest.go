package settings

import (
	"slices"
	"strings"
)

// rest warns of the keys that no one asked for.
func (o *object) rest() {
	for _, m := range o.unknown() {
		o.r.warnf(o.under(m.name), "unknown key %s is ignored", show(m.name)).
			hintf("known keys: %s", strings.Join(o.known, ", ")).
			hintNear(m.name, o.known)
	}
}

// restStrict refuses the keys that no one asked for if they look like
// misspellings, and warns of the others, which a newer Harvester may know.
// It is for settings where a lost key does the opposite of what was meant.
func (o *object) restStrict() {
	for _, m := range o.unknown() {
		near := nearest(m.name, o.known)
		if near != "" && !o.has(near) {
			o.r.errorf(o.under(m.name), "unknown key %s is ignored by Harvester", show(m.name)).
				hintf("write %q", near)
			continue
		}
		o.r.warnf(o.under(m.name), "unknown key %s is ignored", show(m.name)).
			hintf("known keys: %s", strings.Join(o.known, ", "))
	}
}

func (o *object) unknown() (unknown []member) {
	for _, m := range o.members {
		if !slices.ContainsFunc(o.known, func(k string) bool { return o.is(m.name, k) }) && len(unknown) <= maxFindings {
			unknown = append(unknown, m)
		}
	}
	return unknown
}
