// Package authorizer answers Kubernetes authorization questions from a compiled policy.
//
// Each authorizer is a plain function over the snapshot in force. It allows what a grant covers and otherwise has no
// opinion, so that the cluster's own RBAC decides. Only guardrails deny; New asks them first, so a deny holds whatever
// anybody granted.
package authorizer

import (
	"context"
	"fmt"

	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/apiserver/pkg/authorization/union"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// New joins the authorizers of Bailiwick over the snapshot that the holder has.
func New(snapshots policy.Holder, guardrails ...Guardrail) authorizer.Authorizer {
	joined, err := union.New(
		union.NamedAuthorizer{AuthorizerName: "guardrails", Authorizer: Guardrails(guardrails...)},
		union.NamedAuthorizer{AuthorizerName: "tenants", Authorizer: Tenants(snapshots)},
	)
	if err != nil {
		// The names above are constants: only a mistake in this list can fail, and every test would show it.
		panic(fmt.Sprintf("joining authorizers: %v", err))
	}
	return joined
}

// Tenants allows what RoleRequests grant on the cluster that the snapshot was compiled for.
func Tenants(snapshots policy.Holder) authorizer.AuthorizerFunc {
	return func(_ context.Context, a authorizer.Attributes) (authorizer.Decision, string, error) {
		snap := snapshots.Load()
		if snap == nil {
			return authorizer.DecisionNoOpinion, "", errNotReady
		}
		ask, username := askOf(a), a.GetUser().GetName()
		if grant := snap.Find(username, &ask); grant != nil {
			return authorizer.DecisionAllow, grant.Origin.Reason(), nil
		}
		return authorizer.DecisionNoOpinion, snap.Miss(username), nil
	}
}

// askOf takes from a request what decides.
func askOf(a authorizer.Attributes) policy.Ask {
	return policy.Ask{
		Verb:        a.GetVerb(),
		Group:       a.GetAPIGroup(),
		Resource:    a.GetResource(),
		Subresource: a.GetSubresource(),
		Namespace:   a.GetNamespace(),
		Name:        a.GetName(),
		Path:        a.GetPath(),
		NonResource: !a.IsResourceRequest(),
	}
}
