package admit

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// longestPath is how far differences are followed: what takes rights of its own stands higher up, and each step compares all
// that is below.
const longestPath = 200

// differences are the paths at which two values differ, as deep as both can be followed and sorted:
// spec.template.spec.volumes[disk0].persistentVolumeClaim.claimName. What is absent and what is null are the same. Entries
// of a list are told apart by name, where each has one; if only their order differs, it is the list that does.
func differences(path string, before, after any) []string {
	if empty(before) && empty(after) || reflect.DeepEqual(before, after) {
		return nil
	}
	if len(path) > longestPath {
		return []string{path}
	}
	old, oldOK := fieldsOf(before)
	now, nowOK := fieldsOf(after)
	if !oldOK || !nowOK {
		return []string{path}
	}
	var paths []string
	for _, key := range slices.Sorted(maps.Keys(union(old, now))) {
		if key[0] == '[' && (old[key] == nil || now[key] == nil) { // an entry comes or goes
			paths = append(paths, path+key)
			continue
		}
		paths = append(paths, differences(path+key, old[key], now[key])...)
	}
	if len(paths) == 0 && !sameShape(before, after) {
		return []string{path}
	}
	return paths
}

// sameShape says whether two values without different fields are the same: two objects are, two lists are in another
// order, and an object without fields is not the same as none.
func sameShape(a, b any) bool {
	_, one := a.(tree)
	_, other := b.(tree)
	return one && other
}

func union(a, b map[string]any) map[string]any {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// fieldsOf are the fields of an object, or the entries of a list, by how a path goes on to them.
func fieldsOf(value any) (map[string]any, bool) {
	fields := map[string]any{}
	switch v := value.(type) {
	case nil:
	case tree:
		for key, field := range v {
			fields[step(key)] = field
		}
	case []any:
		for _, entry := range v {
			key := "[" + nameOf(entry) + "]"
			if _, twice := fields[key]; twice || key == "[]" {
				return nil, false
			}
			fields[key] = entry
		}
	default:
		return nil, false
	}
	return fields, true
}

// nameOf is the name of an entry in a list of a virtual machine.
func nameOf(entry any) string {
	return cmp.Or(text(entry, "name"), text(child(entry, "metadata"), "name"))
}

// step is how a path goes on to a field. Keys of labels and annotations may have dots.
func step(key string) string {
	if strings.ContainsAny(key, "./") {
		return "[" + key + "]"
	}
	return "." + key
}

// empty says whether a value is as good as absent. An object without fields is not: `masquerade: {}` says something.
func empty(value any) bool {
	list, ok := value.([]any)
	return value == nil || ok && len(list) == 0
}

// within says whether a path is another one, or leads on from it.
func within(path, start string) bool {
	rest, ok := strings.CutPrefix(path, start)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}
