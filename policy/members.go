package policy

import (
	"iter"
	"slices"
	"strings"
)

// LocalCluster is the id of the cluster on which Rancher runs.
const LocalCluster = "local"

// EveryOther is the target of what a GlobalRole gives on all clusters but the local one.
const EveryOther = "*"

// members is what bindings of RoleTemplates and GlobalRoles give, by who holds it.
type members struct {
	users  map[string]*member
	groups map[string]*member
}

// member is what one user or group holds.
type member struct {
	// on is by target: the id of a cluster or of a project, or EveryOther.
	on map[string][]given
	// promoted is what roles in projects give on a whole cluster, by its id, each role once.
	promoted map[string][]given
}

// memberOf is the entry of a user or group, new when there was none.
func memberOf(all map[string]*member, name string) *member {
	m := all[name]
	if m == nil {
		m = &member{on: map[string][]given{}, promoted: map[string][]given{}}
		all[name] = m
	}
	return m
}

func (m *member) bind(target string, g given) {
	m.on[target] = append(m.on[target], g)
	cluster, _, inProject := strings.Cut(target, ":")
	if !inProject || slices.ContainsFunc(m.promoted[cluster], func(other given) bool { return other.boundRole == g.boundRole }) {
		return
	}
	m.promoted[cluster] = append(m.promoted[cluster], g)
}

// of yields what a user holds: under his name, and under those of his groups.
func (m *members) of(who Subject) iter.Seq[*member] {
	return func(yield func(*member) bool) {
		if held := m.users[who.Name]; held != nil && !yield(held) {
			return
		}
		for _, group := range who.Groups {
			if held := m.groups[group]; held != nil && !yield(held) {
				return
			}
		}
	}
}

// IsMember says whether any binding names the user, or one of his groups.
func (s *Snapshot) IsMember(who Subject) bool {
	for range s.members.of(who) {
		return true
	}
	return false
}
