package admit

import (
	"fmt"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// foreignDependencies keeps a tenant's profiles to dependencies that are his own, and those of these in turn. Sveltos
// deploys a dependency wherever it is needed, with the rights of the dependency's owner (addon-controller
// controllers/dependencymanager): a tenant would carry the profile of another, or of the platform, to his clusters.
// Profiles that the platform shares are free to all, with whatever they depend on.
//
// One that the policy does not hold is refused. It could become anybody's; it has to be written first.
func foreignDependencies(w *profileWrite, object tree) []finding {
	d := dependencies{w: w, seen: map[string]bool{}}
	if w.kind.resource != eventTriggers {
		d.seen[w.Request.Name] = true // itself, which may be new
	}
	for where, name := range texts(object, w.kind.depends) {
		d.follow(where, name, name)
	}
	return d.found
}

type dependencies struct {
	w     *profileWrite
	seen  map[string]bool
	found []finding
}

// follow looks at one profile, which stands at the end of the way.
func (d *dependencies) follow(where, name, way string) {
	if d.seen[name] || d.w.Snapshot.Limits().Shares(d.w.Request.Namespace, name) {
		return
	}
	d.seen[name] = true
	profile := d.w.Snapshot.Profile(d.w.Request.Namespace, name)
	if profile == nil || !d.w.tenant.Owns(profile.Metadata.Labels) {
		kind := "ClusterProfile"
		if d.w.namespaced() {
			kind = "Profile"
		}
		ref := policy.Ref{Kind: kind, Namespace: d.w.Request.Namespace, Name: name}
		d.found = append(d.found, finding{path: where, message: d.refuse(ref, way)})
		return
	}
	for _, next := range profile.Spec.DependsOn {
		d.follow(where, next, way+" → "+next)
	}
}

func (d *dependencies) refuse(ref policy.Ref, way string) string {
	message := fmt.Sprintf("%s does not exist yet, or %q does not own it", ref, d.w.tenant.Owner)
	if way != ref.Name {
		message += " (" + way + ")"
	}
	return message
}
