package authorizer

import (
	"context"

	"k8s.io/apiserver/pkg/authorization/authorizer"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// Rollout says how far an authorizer counts.
type Rollout string

const (
	// On is the default: what it allows is allowed.
	On Rollout = "on"
	// Shadow lets RBAC decide, and compares.
	Shadow Rollout = "shadow"
	// Off does not ask.
	Off Rollout = "off"
)

// Compared is told what RBAC and an authorizer in shadow say about one request, by the objects in the policy: whether
// each allows it. It must not block.
type Compared func(authorizer string, rbac, granted bool)

// granter is an authorizer that can be rolled out step by step.
type granter struct {
	name  string
	grant func(*policy.Snapshot, policy.Subject, *policy.Ask) (reason string, allowed bool)
	// concerns says whether it knows the user at all.
	concerns func(*policy.Snapshot, policy.Subject) bool
}

var (
	// templates allows what bindings of Rancher's RoleTemplates grant on the cluster that is served: to users by their
	// ids (u-abcde), and to groups by those of their principals.
	templates = granter{"templates", (*policy.Snapshot).TemplateGrant, (*policy.Snapshot).IsMember}
	// hierarchy allows what RoleAssignments grant there, on an object or on one above it.
	hierarchy = granter{"hierarchy", (*policy.Snapshot).RoleGrant, (*policy.Snapshot).IsAssigned}
)

// rolledOut are the authorizers that a rollout asks for: one or none.
func (g granter) rolledOut(rollout Rollout, snapshots policy.Holder, compared Compared) []authorizer.AuthorizerFunc {
	switch rollout {
	case Off:
		return nil
	case Shadow:
		return []authorizer.AuthorizerFunc{g.shadow(snapshots, compared)}
	default:
		return []authorizer.AuthorizerFunc{g.on(snapshots)}
	}
}

func (g granter) on(snapshots policy.Holder) authorizer.AuthorizerFunc {
	return func(_ context.Context, a authorizer.Attributes) (authorizer.Decision, string, error) {
		snap := snapshots.Load()
		if snap == nil {
			return authorizer.DecisionNoOpinion, "", errNotReady
		}
		who := subjectOf(a)
		if !g.concerns(snap, who) { // most users: the question below is an allocation
			return authorizer.DecisionNoOpinion, "", nil
		}
		ask := askOf(a)
		ask.Labels, _ = a.GetLabelSelector() // which only narrow a request: without them it is the broader one
		if reason, allowed := g.grant(snap, who, &ask); allowed {
			return authorizer.DecisionAllow, reason, nil
		}
		return authorizer.DecisionNoOpinion, "", nil
	}
}

// shadow has no opinion, and tells how it and the RBAC that the policy holds would have decided.
func (g granter) shadow(snapshots policy.Holder, compared Compared) authorizer.AuthorizerFunc {
	return func(_ context.Context, a authorizer.Attributes) (authorizer.Decision, string, error) {
		who := subjectOf(a)
		if snap := snapshots.Load(); snap != nil && compared != nil && g.concerns(snap, who) {
			ask := askOf(a)
			ask.Labels, _ = a.GetLabelSelector()
			_, allowed := g.grant(snap, who, &ask)
			compared(g.name, snap.Holds(who, &ask), allowed)
		}
		return authorizer.DecisionNoOpinion, "", nil
	}
}
