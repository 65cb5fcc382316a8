package policy

import "cmp"

// Limits are what a platform sets for the profiles of its tenants.
type Limits struct {
	TierFloor   int64
	AllowedURLs []string
	shared      map[string]bool
}

func newLimits(o Options) Limits {
	return Limits{
		TierFloor:   int64(cmp.Or(o.TierFloor, 100)),
		AllowedURLs: o.AllowedURLs,
		shared:      set(o.SharedProfiles),
	}
}

// Limits are those in force.
func (s *Snapshot) Limits() Limits { return s.limits }

// Shares says whether every tenant's profiles may depend on this one. An empty namespace means a ClusterProfile.
func (l Limits) Shares(namespace, name string) bool {
	if namespace != "" {
		name = namespace + "/" + name
	}
	return l.shared[name]
}
