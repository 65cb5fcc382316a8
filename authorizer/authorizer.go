// Package authorizer answers Kubernetes authorization questions from a compiled policy.
//
// Each authorizer is a plain function over the snapshot in force. It allows what a grant covers and otherwise has no
// opinion, so that the cluster's own RBAC decides. Only guardrails deny; New asks them first, so a deny holds whatever
// anybody granted.
package authorizer

import (
	"context"
	"strings"

	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	"k8s.io/apiserver/pkg/authorization/authorizer"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// Options say which authorizers are asked. The zero value asks all of them, and no guardrail.
type Options struct {
	Guardrails []Guardrail
	// Templates and Hierarchy are how far bindings of Rancher's RoleTemplates, and RoleAssignments, count. Empty: On.
	Templates, Hierarchy Rollout
	// Compared is told of each request that was looked at in Shadow. It may be nil.
	Compared Compared
}

// New joins the authorizers of Bailiwick over the snapshot that the holder has.
func New(snapshots policy.Holder, opts Options) authorizer.Authorizer {
	all := []authorizer.AuthorizerFunc{Guardrails(opts.Guardrails...), Tenants(snapshots)}
	all = append(all, templates.rolledOut(opts.Templates, snapshots, opts.Compared)...)
	all = append(all, hierarchy.rolledOut(opts.Hierarchy, snapshots, opts.Compared)...)
	return firstOpinion(all...)
}

// firstOpinion asks one after another until somebody allows or denies. It is what union.New does, less the names that
// this puts before the reasons: they take three allocations for each decision, and say nothing to a person.
func firstOpinion(authorizers ...authorizer.AuthorizerFunc) authorizer.AuthorizerFunc {
	return func(ctx context.Context, a authorizer.Attributes) (authorizer.Decision, string, error) {
		var reasons []string
		var errs []error
		for _, ask := range authorizers {
			decision, reason, err := ask(ctx, a)
			if decision != authorizer.DecisionNoOpinion {
				return decision, reason, err
			}
			if reason != "" {
				reasons = append(reasons, reason)
			}
			if err != nil {
				errs = append(errs, err)
			}
		}
		return authorizer.DecisionNoOpinion, strings.Join(reasons, "; "), utilerrors.NewAggregate(errs)
	}
}

// Tenants allows what RoleRequests grant on the cluster that the snapshot was compiled for. On the management cluster,
// where roles grant nothing, it allows tenants to write and read what is theirs.
func Tenants(snapshots policy.Holder) authorizer.AuthorizerFunc {
	return func(_ context.Context, a authorizer.Attributes) (authorizer.Decision, string, error) {
		snap := snapshots.Load()
		if snap == nil {
			return authorizer.DecisionNoOpinion, "", errNotReady
		}
		if snap.Self() == (policy.ClusterRef{}) {
			return manages(snap, a)
		}
		ask, username := askOf(a), a.GetUser().GetName()
		if grant := snap.Find(username, &ask); grant != nil {
			return authorizer.DecisionAllow, grant.Origin.Reason(), nil
		}
		return authorizer.DecisionNoOpinion, snap.Miss(username), nil
	}
}

// manages answers for the management cluster.
func manages(snap *policy.Snapshot, a authorizer.Attributes) (authorizer.Decision, string, error) {
	ask := askOf(a)
	// Requirements only narrow a request: one that could not be read is left out, and the question is the broader one.
	ask.Labels, _ = a.GetLabelSelector()
	allowed, reason := snap.Manages(subjectOf(a), &ask)
	if allowed {
		return authorizer.DecisionAllow, reason, nil
	}
	return authorizer.DecisionNoOpinion, reason, nil
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

func subjectOf(a authorizer.Attributes) policy.Subject {
	return policy.Subject{Name: a.GetUser().GetName(), Groups: a.GetUser().GetGroups()}
}
