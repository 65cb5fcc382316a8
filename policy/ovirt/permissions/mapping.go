package permissions

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// Mapping says what is called how here that the engine calls otherwise, by the engine's names or ids.
type Mapping struct {
	// Objects are by type, as vm, and name; the name "*" is for all others of the type.
	Objects map[string]map[string]Place `json:"objects"`
	// Users and Groups may begin with "*", which stands for the same text in what it becomes:
	// "*@internal-authz": "oidc:*".
	Users  map[string]string `json:"users"`
	Groups map[string]string `json:"groups"`
}

// Place is where an object is here. Name is the engine's own when it is empty.
type Place struct {
	Cluster   string `json:"cluster"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

// ReadMapping reads a Mapping from YAML.
func ReadMapping(text []byte) (Mapping, error) {
	var m Mapping
	if err := yaml.UnmarshalStrict(text, &m); err != nil {
		return Mapping{}, err
	}
	words := map[string]map[string]Place{}
	for _, word := range slices.Sorted(maps.Keys(m.Objects)) {
		t, known := typeNamed(word)
		if !known || t.Word == "system" {
			return Mapping{}, fmt.Errorf("objects: there is no type of objects %q", word)
		}
		words[t.Word] = m.Objects[word]
	}
	m.Objects = words
	return m, nil
}

// place is where an object of a type is; what the mapping does not say is empty.
func (m *Mapping) place(t Type, object Named) Place {
	all := m.Objects[t.Word]
	for _, key := range []string{object.ID, object.Name, "*"} {
		if p, ok := all[key]; ok && key != "" {
			return p
		}
	}
	return Place{}
}

// principal is what somebody is called here: as the engine calls him, unless the mapping says otherwise.
func (m *Mapping) principal(kind PrincipalKind, who Named) string {
	all := m.Users
	if kind == Group {
		all = m.Groups
	}
	for _, key := range []string{who.ID, who.Name} {
		if name, ok := all[key]; ok && key != "" {
			return name
		}
	}
	for _, pattern := range slices.SortedFunc(maps.Keys(all), longestFirst) {
		if end, ok := strings.CutPrefix(pattern, "*"); ok && who.Name != "" && strings.HasSuffix(who.Name, end) {
			return strings.ReplaceAll(all[pattern], "*", strings.TrimSuffix(who.Name, end))
		}
	}
	return who.Name
}

func longestFirst(a, b string) int {
	if len(a) != len(b) {
		return len(b) - len(a)
	}
	return strings.Compare(a, b)
}
