package authorizer

import (
	"context"
	"errors"
	"slices"
	"strings"

	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
)

var errNotReady = errors.New("no policy has been loaded yet")

// Guardrail refuses some requests whatever anybody granted. It returns the reason, or "" when it has nothing against
// the request.
type Guardrail func(a authorizer.Attributes) (reason string)

// Guardrails denies what a guardrail refuses. A broken policy must never lock a cluster, so users on whom the cluster
// depends are not asked about: see essential.
func Guardrails(rails ...Guardrail) authorizer.AuthorizerFunc {
	return func(_ context.Context, a authorizer.Attributes) (authorizer.Decision, string, error) {
		if len(rails) == 0 || essential(a.GetUser()) {
			return authorizer.DecisionNoOpinion, "", nil
		}
		for _, rail := range rails {
			if reason := rail(a); reason != "" {
				return authorizer.DecisionDeny, "denied by " + reason, nil
			}
		}
		return authorizer.DecisionNoOpinion, "", nil
	}
}

// essential says whether the cluster could not be run or repaired without this user: administrators (system:masters),
// nodes, the control plane's own users (system:kube-…, system:apiserver) and its controllers (kube-system accounts).
func essential(u user.Info) bool {
	name, groups := u.GetName(), u.GetGroups()
	return slices.Contains(groups, user.SystemPrivilegedGroup) ||
		slices.Contains(groups, user.NodesGroup) ||
		slices.Contains(groups, "system:serviceaccounts:kube-system") ||
		name == user.APIServerUser ||
		strings.HasPrefix(name, "system:kube-") ||
		strings.HasPrefix(name, "system:node:") ||
		strings.HasPrefix(name, "system:serviceaccount:kube-system:")
}
