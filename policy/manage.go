package policy

import (
	"slices"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/selection"

	"github.com/bailiwick-dev/bailiwick/policy/selector"
)

// Manages says whether a tenant may do this on the management cluster, where he writes what is deployed to his
// clusters, and why. He creates ClusterProfiles, Profiles and EventTriggers, of which the guards decide; he reads,
// changes and deletes those that carry his owner labels; and he lists them with a label selector that cannot match
// anything else. A name that the policy does not hold is not his: it may have been created by another a moment ago.
func (s *Snapshot) Manages(who Subject, ask *Ask) (bool, string) {
	kind := managedKind(ask)
	if kind == "" || s.self != (ClusterRef{}) {
		return false, ""
	}
	tenant := s.Tenant(who)
	if tenant == nil {
		return false, ""
	}
	switch {
	case ask.Verb == "create":
		return true, tenant.allowed + "create of " + one(kind) + ", which the guards judge"
	case ask.Name != "" && slices.Contains(verbsByName, ask.Verb):
		if o := s.managed(kind, ask.Namespace, ask.Name); o != nil && tenant.Owns(o.Metadata.Labels) {
			return true, tenant.allowed + ask.Verb + " of " + one(kind) + " that carries your owner labels"
		}
		return false, "no " + kind + " of this name carries your owner labels"
	case ask.Name == "" && slices.Contains(verbsOnLists, ask.Verb):
		if tenant.ownsAll(ask.Labels) {
			return true, tenant.allowed + ask.Verb + " of " + kind + "s that carry your owner labels"
		}
		return false, "of " + kind + "s you may " + ask.Verb + " those that carry your owner labels: add -l " +
			LabelServiceAccountName + "=" + tenant.Owner.Name + "," + LabelServiceAccountNamespace + "=" + tenant.Owner.Namespace
	default:
		return false, ""
	}
}

// A list of one object, as kubectl asks for when it waits for a change, is told from others by its name.
var (
	verbsByName  = []string{"get", "update", "patch", "delete", "list", "watch"}
	verbsOnLists = []string{"list", "watch", "deletecollection"}
)

// managedKind is the kind that a request is about, if tenants write it.
func managedKind(ask *Ask) string {
	if ask.NonResource || ask.Subresource != "" {
		return ""
	}
	switch {
	case ask.Group == SveltosConfigGroup && ask.Resource == "clusterprofiles":
		return "ClusterProfile"
	case ask.Group == SveltosConfigGroup && ask.Resource == "profiles":
		return "Profile"
	case ask.Group == SveltosGroup && ask.Resource == "eventtriggers":
		return "EventTrigger"
	default:
		return ""
	}
}

// one is the kind with its article.
func one(kind string) string {
	if kind == "EventTrigger" {
		return "an EventTrigger"
	}
	return "a " + kind
}

// managed returns an object of the policy that a tenant may have written, or nil.
func (s *Snapshot) managed(kind, namespace, name string) *Object {
	ref := Ref{Kind: kind, Namespace: namespace, Name: name}
	if p := s.profiles[ref]; p != nil {
		return &p.Object
	}
	if g := s.generators[ref]; g != nil {
		return &g.Object
	}
	return nil
}

// Owns says whether an object with these labels is the tenant's: they name him, and none of them names another.
func (t *Tenant) Owns(has map[string]string) bool {
	agrees := func(key, want string) bool {
		v, ok := has[key]
		return !ok || v == want
	}
	return agrees(LabelAdminName, t.Owner.Name) &&
		agrees(LabelServiceAccountName, t.Owner.Name) && agrees(LabelServiceAccountNamespace, t.Owner.Namespace) &&
		slices.ContainsFunc(t.own, func(s selector.Selector) bool { return s.Matches(has) })
}

// ownsAll says whether whatever the requirements select is the tenant's. Requirements only narrow, so one that cannot
// be read is left out.
func (t *Tenant) ownsAll(reqs labels.Requirements) bool {
	if len(reqs) == 0 {
		return false
	}
	comparison := func(r labels.Requirement) bool {
		return r.Operator() == selection.GreaterThan || r.Operator() == selection.LessThan
	}
	if slices.ContainsFunc(reqs, comparison) {
		reqs = slices.DeleteFunc(slices.Clone(reqs), comparison)
	}
	s, err := selector.FromRequirements(reqs)
	return err == nil && selector.Contained(s, t.own...).Verdict == selector.Inside
}

// ownLabels finds for each tenant the selectors that match nobody else's objects. The label of the first Sveltos
// releases has no namespace: it tells a tenant only while no account of the same name is another tenant.
func (t *tenants) ownLabels() {
	ambiguous := map[string]bool{}
	for owner, tenant := range t.byOwner {
		if !tenant.byAdmin {
			ambiguous[owner.Name] = true
		}
	}
	for owner, tenant := range t.byOwner {
		tenant.own = []selector.Selector{carrying(labels.Set{LabelServiceAccountName: owner.Name, LabelServiceAccountNamespace: owner.Namespace})}
		if tenant.byAdmin && !ambiguous[owner.Name] {
			tenant.own = append(tenant.own, carrying(labels.Set{LabelAdminName: owner.Name}))
		}
	}
}

// carrying matches what carries all these labels.
func carrying(set labels.Set) selector.Selector {
	reqs, _ := labels.SelectorFromValidatedSet(set).Requirements()
	s, _ := selector.FromRequirements(reqs) // these are equalities, which it takes; without them nothing would match
	return s
}
