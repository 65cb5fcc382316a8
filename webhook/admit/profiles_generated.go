package admit

import (
	"maps"
	"slices"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// source says from what Sveltos makes ClusterProfiles. The account that makes them names its source in a label, and
// copies the two labels of its owner.
type source struct {
	account string
	label   string
	kind    string
}

// Upstream: event-manager controllers/eventtrigger_deployer.go (getInstantiatedObjectLabels,
// appendServiceAccountLabels); addon-controller controllers/clusterpromotion_controller.go.
var sources = []source{
	{"event-manager", "eventtrigger.lib.projectsveltos.io/eventtriggername", "EventTrigger"},
	{"addon-controller", "config.projectsveltos.io/promotionname", "ClusterPromotion"},
}

// generatedFromItsSource holds controllers to what they do by themselves: they never give anything an owner, or another
// one. A ClusterProfile that Sveltos makes belongs to whom its EventTrigger or ClusterPromotion belongs to, and the two
// accounts that make some make no others. That keeps away what reaches their accounts in other ways: an EventTrigger
// whose profileNameFormat names the profile of somebody else, which event-manager would write over; or a profile inside
// of what a tenant deploys, which Sveltos creates as itself where it finds no credentials for him.
//
// What cannot be looked up is refused, and the controller tries again: a source has to be in the policy. People cannot
// say that Sveltos generated something, or it would take it for its own.
func generatedFromItsSource(q *Question) Verdict {
	w, err := q.profile()
	switch {
	case err != nil, w.leaving(), w.free:
		return Verdict{}
	case !w.controller:
		return w.keepsSource()
	case w.oldFields != nil:
		return w.keepsOwner()
	}
	return w.newByController()
}

// keepsSource keeps people from writing the labels of sources.
func (w *profileWrite) keepsSource() Verdict {
	for _, s := range sources {
		if w.meta.Labels[s.label] != w.oldMeta.Labels[s.label] {
			return forbid("label %s is for %s to write", s.label, s.account)
		}
	}
	return Verdict{}
}

// keepsOwner lets a controller change the owner of what it has generated before, to that of its source.
func (w *profileWrite) keepsOwner() Verdict {
	if maps.Equal(ownerOf(w.meta.Labels), ownerOf(w.oldMeta.Labels)) {
		return Verdict{}
	}
	for _, s := range sources {
		if name := w.meta.Labels[s.label]; name != "" && name == w.oldMeta.Labels[s.label] {
			return w.ownedAs(s, name)
		}
	}
	return forbid("%s changes the owner labels of %s", w.Who.Name, w.what())
}

func (w *profileWrite) newByController() Verdict {
	own := slices.IndexFunc(sources, func(s source) bool { return w.isAccount(s.account) })
	if own >= 0 && w.kind.resource == "clusterprofiles" {
		s := sources[own]
		if name := w.meta.Labels[s.label]; name != "" {
			return w.ownedAs(s, name)
		}
		return forbid("%s makes a ClusterProfile from no %s (label %s)", w.Who.Name, s.kind, s.label)
	}
	if len(ownerOf(w.meta.Labels)) == 0 || own < 0 && w.actsForOwner() {
		return Verdict{}
	}
	return forbid("%s gives %s an owner", w.Who.Name, w.what())
}

// actsForOwner is for tools of the platform that install what tenants own.
func (w *profileWrite) actsForOwner() bool {
	tenant := w.Snapshot.OwnerOf(w.meta.Labels)
	return tenant != nil && w.Snapshot.MayActAs(w.Who, tenant)
}

// ownedAs compares the owner with that of the source.
func (w *profileWrite) ownedAs(s source, name string) Verdict {
	origin := w.Snapshot.Generator(s.kind, name)
	if origin == nil {
		return forbid("%s is made from %s, which the policy does not hold", w.what(), policy.Ref{Kind: s.kind, Name: name})
	}
	for _, key := range []string{policy.LabelServiceAccountName, policy.LabelServiceAccountNamespace} {
		if w.meta.Labels[key] != origin.Metadata.Labels[key] {
			return forbid("%s has another owner than %s, from which it is made", w.what(), origin.Ref())
		}
	}
	return Verdict{}
}

// isAccount says whether the user is that controller of Sveltos.
func (w *profileWrite) isAccount(name string) bool {
	sa, ok := policy.ParseServiceAccount(w.Who.Name)
	return ok && sa.Name == name && w.Snapshot.IsController(w.Who.Name)
}
