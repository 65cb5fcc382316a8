package policy

// profiles is who owns which profile and on which others it depends.
type profiles map[Ref]*Profile

// Profile returns a ClusterProfile (empty namespace) or Profile of the policy, or nil.
func (s *Snapshot) Profile(namespace, name string) *Profile {
	kind := "Profile"
	if namespace == "" {
		kind = "ClusterProfile"
	}
	return s.profiles[Ref{Kind: kind, Namespace: namespace, Name: name}]
}

// RequestsNaming are the RoleRequests whose roleRefs name a ConfigMap or Secret, whether it exists or not.
func (s *Snapshot) RequestsNaming(source Ref) []Ref { return s.sources[source] }

// Sources are the ConfigMaps and Secrets that any RoleRequest names, in no order.
func (s *Snapshot) Sources() []Ref {
	refs := make([]Ref, 0, len(s.sources))
	for ref := range s.sources {
		refs = append(refs, ref)
	}
	return refs
}
