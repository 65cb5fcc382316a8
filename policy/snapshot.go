package policy

import (
	"time"

	"github.com/bailiwick-dev/bailiwick/policy/settings"
)

// Snapshot is a compiled policy. It is immutable.
type Snapshot struct {
	self             ClusterRef
	sveltosNamespace string
	options          Options
	holdings         map[string]*holding // by user name on the cluster Self
	requests         []*request
	lapsed           []*request // RoleRequests that name a tenant and are not in force
	tenants          tenants
	fleet            fleet
	profiles         profiles
	generators       map[Ref]*Generator
	limits           Limits
	sources          map[Ref][]Ref    // the RoleRequests that name a ConfigMap or Secret
	open             map[Naming][]Ref // those that name it by a template
	stored           map[Ref]*Source  // every ConfigMap and Secret of the policy
	roles            map[Ref][]role   // what those that are named hold
	rbac             rbac
	templates        templates
	members          members
	projects         map[string]*Project // by id
	projectOf        map[string]string   // of a namespace of the cluster that is served
	registry         registry
	trust            trust
	facts            settings.Facts
	inventory        *inventory
	hierarchy        hierarchy
	definitions      map[string]*definition
	customRoles      []*RoleDefinition
	permissions      permissions
	centers          []center
	users            map[string]bool   // whom Rancher knows
	dataCenters      map[place][]place // of the clusters
	next             time.Time         // when the next grant ends
}

// Holder is implemented by whatever holds the snapshot in force; an atomic.Pointer[Snapshot] does.
type Holder interface {
	// Load returns the snapshot in force, or nil before the first one. A decision loads it once.
	Load() *Snapshot
}

// Self is the cluster for which grants were compiled.
func (s *Snapshot) Self() ClusterRef { return s.self }

// Find returns the first grant of the user that covers the request, or nil. Its cost does not depend on what other
// users hold.
func (s *Snapshot) Find(username string, ask *Ask) *Grant {
	h := s.holdings[username]
	if h == nil {
		return nil
	}
	return h.find(ask)
}

// Miss is what to tell a user whose request no grant covers: something for who holds grants here, nothing for others.
func (s *Snapshot) Miss(username string) string {
	h := s.holdings[username]
	if h == nil {
		return ""
	}
	return h.miss
}

// SettingFacts are what the checks of Harvester settings may know about the cluster. The caller adds the time.
func (s *Snapshot) SettingFacts() settings.Facts { return s.facts }

// Elsewhere explains to whoever asks why a tenant of the management cluster holds nothing here: inside a managed
// cluster he appears under another name. It returns "" when there is nothing to explain.
func (s *Snapshot) Elsewhere(username string) string {
	sa, ok := ParseServiceAccount(username)
	if !ok || s.self == (ClusterRef{}) || s.tenants.byUser[username] == nil {
		return ""
	}
	inside := insideCluster(s.sveltosNamespace, sa)
	if s.holdings[inside.Username()] == nil {
		return ""
	}
	return "on " + s.self.String() + " this tenant is " + inside.Username()
}
