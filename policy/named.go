package policy

import (
	"slices"
	"strings"
)

// Naming is what a roleRef with a template can come to name: all ConfigMaps, or all Secrets, whose namespace and name
// fit. Clusters that do not exist yet have names too, so it is more than what it names today.
type Naming struct {
	Kind      string
	Namespace Pattern
	Name      Pattern
}

// Pattern is a text, or when it is open any text that begins and ends so.
type Pattern struct {
	Prefix string
	Suffix string
	Open   bool
}

func pattern(text string) Pattern {
	begin, _, template := strings.Cut(text, "{{")
	p := Pattern{Prefix: begin, Open: template}
	if !template {
		return p
	}
	if end := strings.LastIndex(text, "}}"); end >= 0 {
		p.Suffix = text[end+2:]
	}
	return p
}

// Fits says whether the pattern stands for a text.
func (p Pattern) Fits(text string) bool {
	if !p.Open {
		return text == p.Prefix
	}
	rest, ok := strings.CutPrefix(text, p.Prefix)
	return ok && strings.HasSuffix(rest, p.Suffix)
}

// naming is what a reference can come to name, if that is not one object. When neither the namespace nor the name is
// fixed it would be nearly everything, so then only what is named today counts.
func (r RoleRef) naming() (Naming, bool) {
	n := Naming{Kind: r.Kind, Namespace: pattern(r.Namespace), Name: pattern(r.Name)}
	n.Namespace.Open = n.Namespace.Open || r.Namespace == ""
	return n, n.Namespace.Open != n.Name.Open
}

func (n Naming) fits(ref Ref) bool {
	return n.Kind == ref.Kind && n.Namespace.Fits(ref.Namespace) && n.Name.Fits(ref.Name)
}

func (n Naming) compare(o Naming) int {
	return strings.Compare(n.text(), o.text())
}

func (n Naming) text() string {
	return strings.Join([]string{n.Kind, n.Namespace.Prefix, n.Namespace.Suffix, n.Name.Prefix, n.Name.Suffix}, "\x00")
}

// RequestsNaming are the RoleRequests whose roleRefs name a ConfigMap or Secret, or can come to name it, whether it
// exists or not.
func (s *Snapshot) RequestsNaming(source Ref) []Ref {
	refs := slices.Clone(s.sources[source])
	for naming, by := range s.open {
		if naming.fits(source) {
			refs = append(refs, by...)
		}
	}
	slices.SortFunc(refs, Ref.compare)
	return slices.Compact(refs)
}

// Sources are the ConfigMaps and Secrets that any RoleRequest names, sorted.
func (s *Snapshot) Sources() []Ref {
	refs := make([]Ref, 0, len(s.sources))
	for ref := range s.sources {
		refs = append(refs, ref)
	}
	slices.SortFunc(refs, Ref.compare)
	return refs
}

// OpenSources are those that RoleRequests can come to name by their templates, sorted.
func (s *Snapshot) OpenSources() []Naming {
	namings := make([]Naming, 0, len(s.open))
	for n := range s.open {
		namings = append(namings, n)
	}
	slices.SortFunc(namings, Naming.compare)
	return namings
}

// SourcesOf are the ConfigMaps and Secrets that the roleRefs of a RoleRequest name for the clusters that it selects,
// each once. What cannot be resolved is left out.
func (s *Snapshot) SourcesOf(rr *RoleRequest) []Ref {
	var refs []Ref
	for _, ref := range rr.Spec.RoleRefs {
		clusters := []*Cluster{{}}
		if !ref.plain() {
			clusters = s.ClustersMatching(rr.Spec.ClusterSelector.Selector)
		}
		for _, cluster := range clusters {
			if key, err := ref.on(cluster); err == nil {
				refs = append(refs, key)
			}
		}
	}
	slices.SortFunc(refs, Ref.compare)
	return slices.Compact(refs)
}
