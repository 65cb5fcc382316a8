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

// Generator returns the EventTrigger or ClusterPromotion of a name, or nil.
func (s *Snapshot) Generator(kind, name string) *Generator {
	return s.generators[Ref{Kind: kind, Name: name}]
}
