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

// Compared is told what RBAC and an authorizer in shadow say about one request, by their own rules: whether each allows
// it. It must not block.
type Compared func(rbac, templates bool)

// Templates allows what bindings of Rancher's RoleTemplates grant on the cluster that is served: to users by their ids
// (u-abcde), and to groups by those of their principals.
func Templates(snapshots policy.Holder) authorizer.AuthorizerFunc {
	return func(_ context.Context, a authorizer.Attributes) (authorizer.Decision, string, error) {
		snap := snapshots.Load()
		if snap == nil {
			return authorizer.DecisionNoOpinion, "", errNotReady
		}
		ask := askOf(a)
		if reason, allowed := snap.TemplateGrant(subjectOf(a), &ask); allowed {
			return authorizer.DecisionAllow, reason, nil
		}
		return authorizer.DecisionNoOpinion, "", nil
	}
}

// shadowTemplates has no opinion, and tells how the templates and the RBAC that the policy holds would have decided.
func shadowTemplates(snapshots policy.Holder, compared Compared) authorizer.AuthorizerFunc {
	return func(_ context.Context, a authorizer.Attributes) (authorizer.Decision, string, error) {
		if snap := snapshots.Load(); snap != nil && compared != nil && snap.IsMember(subjectOf(a)) {
			ask := askOf(a)
			_, allowed := snap.TemplateGrant(subjectOf(a), &ask)
			compared(snap.Holds(subjectOf(a), &ask), allowed)
		}
		return authorizer.DecisionNoOpinion, "", nil
	}
}

func subjectOf(a authorizer.Attributes) policy.Subject {
	return policy.Subject{Name: a.GetUser().GetName(), Groups: a.GetUser().GetGroups()}
}
