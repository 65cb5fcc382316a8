package admit

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// builtinStays leaves what Rancher brings to Rancher: nobody else makes a built-in role, deletes one, or changes any
// but the named fields of one. Rancher writes them anew whenever it starts.
func builtinStays(free ...string) func(*Question) Verdict {
	return func(q *Question) Verdict {
		if policy.IsEssential(q.Who) {
			return Verdict{}
		}
		object, old, err := builtinFields(q)
		if err != nil {
			return invalid("", "%v", err)
		}
		switch {
		case q.deleting() && old["builtin"] == true:
			return forbid("%s is built into Rancher: it cannot be deleted", q.deletedRef())
		case q.deleting() || deletes(object):
			return Verdict{}
		case object["builtin"] == true && old["builtin"] != true:
			return forbid("builtin: only Rancher itself builds roles in, leave it out")
		case old["builtin"] != true:
			return Verdict{}
		}
		if changed := changedFields(object, old, free); len(changed) > 0 {
			return forbid("%s is built into Rancher: only %s of it can be changed, not %s", q.object(), strings.Join(free, ", "), strings.Join(changed, ", "))
		}
		return Verdict{}
	}
}

func (q *Question) deletedRef() policy.Ref {
	ref := q.object()
	ref.Name = q.deleted().Metadata.Name
	return ref
}

// builtinFields are all fields of the object and of the one before; of what is not there they are nil.
func builtinFields(q *Question) (object, old map[string]any, err error) {
	for _, side := range []struct {
		raw  []byte
		into *map[string]any
	}{{q.Request.Object.Raw, &object}, {q.Request.OldObject.Raw, &old}} {
		if len(side.raw) == 0 {
			continue
		}
		if err := json.Unmarshal(side.raw, side.into); err != nil {
			return nil, nil, err
		}
	}
	return object, old, nil
}

func deletes(object map[string]any) bool {
	metadata, _ := object["metadata"].(map[string]any)
	return metadata["deletionTimestamp"] != nil
}

// changedFields are those in which two objects differ, sorted, but for the metadata, the status, and what is free. A
// field that is null is not there.
func changedFields(a, b map[string]any, free []string) []string {
	names := maps.Clone(a)
	maps.Copy(names, b)
	var changed []string
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if !slices.Contains(free, name) && !slices.Contains([]string{"apiVersion", "kind", "metadata", "status"}, name) &&
			!reflect.DeepEqual(a[name], b[name]) {
			changed = append(changed, name)
		}
	}
	return changed
}
