package authorizer

import (
	"context"
	"errors"

	"k8s.io/apiserver/pkg/authorization/authorizer"

	"github.com/bailiwick-dev/bailiwick/policy"
)

var errNotReady = errors.New("no policy has been loaded yet")

// Guardrail refuses some requests whatever anybody granted. It returns the reason, or "" when it has nothing against
// the request.
type Guardrail func(a authorizer.Attributes) (reason string)

// Guardrails denies what a guardrail refuses. A broken policy must never lock a cluster, so users on whom the cluster
// depends are not asked about: see policy.IsEssential.
func Guardrails(rails ...Guardrail) authorizer.AuthorizerFunc {
	return func(_ context.Context, a authorizer.Attributes) (authorizer.Decision, string, error) {
		if len(rails) == 0 || policy.IsEssential(subjectOf(a)) {
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
