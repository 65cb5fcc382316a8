package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// IsReserved says whether Kubernetes makes a role of that name in every cluster. access-manager applies a role by force
// and then replaces the subjects of the binding of the same name: cluster-admin would be the tenant's alone.
//
// Upstream: kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy/{policy,namespace_policy}.go; access-manager
// controllers/deployer_utils.go, deployRole.
func IsReserved(role Ref) bool {
	switch {
	case strings.HasPrefix(role.Name, "system:"):
		return true
	case role.Kind == "ClusterRole":
		return slices.Contains([]string{"cluster-admin", "admin", "edit", "view"}, role.Name)
	default:
		return role.Namespace == "kube-system" && role.Name == "extension-apiserver-authentication-reader"
	}
}

// reserved reports roles that would overwrite Kubernetes' own.
func (c *compiler) reserved(src *Source, roles []role) {
	for _, r := range roles {
		if IsReserved(r.ref) {
			c.problems.add(Warning, &src.Object, "data", fmt.Sprintf("%s is Kubernetes' own, and overwritten in the clusters", r.ref), "give the role another name")
		}
	}
}

// shared reports RoleRequests that give a role of one name on clusters that both can match: its binding carries that
// name and has one tenant in it, so the last one written takes it from the other.
//
// Upstream: access-manager controllers/deployer_utils.go, deployRoleBinding.
func (c *compiler) shared() {
	givers := map[Ref][]*request{}
	for _, rq := range c.snap.requests {
		roles := map[Ref]bool{}
		for _, source := range c.snap.SourcesOf(rq.object) {
			for _, r := range c.snap.roles[source] {
				roles[r.ref] = true
			}
		}
		for ref := range roles {
			givers[ref] = append(givers[ref], rq)
		}
	}
	for _, ref := range slices.SortedFunc(maps.Keys(givers), Ref.compare) {
		for i, rq := range givers[ref] {
			at := slices.IndexFunc(givers[ref][:i], func(other *request) bool { return rq.selector.Overlaps(other.selector) })
			if at >= 0 {
				c.problems.add(Warning, &rq.object.Object, "spec.roleRefs",
					fmt.Sprintf("%s is given by %s too, on clusters that both can match: one overwrites the other", ref, givers[ref][at].object.Ref()),
					"give each its own role")
			}
		}
	}
}
