package admit

import (
	"strconv"
	"time"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// How long the token of a tenant's account is valid.
//
// Upstream: kubernetes pkg/registry/core/serviceaccount/storage (TokenRequest, at least 10 minutes); access-manager
// controllers/rolerequest_deployer.go (365 days when spec.expirationSeconds is not set).
const (
	minTokenLifetime     = 10 * time.Minute
	defaultTokenLifetime = 365 * 24 * time.Hour
)

// expirationIsInBounds keeps spec.expirationSeconds between what the API server accepts and what the platform allows.
// access-manager would ask in vain for a shorter one, again and again, and the tenant would have no kubeconfig.
func expirationIsInBounds(q *Question, rr, old *policy.RoleRequest) Verdict {
	const field = "spec.expirationSeconds"
	same := old != nil && equalOrNil(rr.Spec.ExpirationSeconds, old.Spec.ExpirationSeconds)
	most := q.Snapshot.MaxTokenLifetime()
	seconds := rr.Spec.ExpirationSeconds
	switch {
	case seconds == nil && most < defaultTokenLifetime:
		return unless(same, invalid(field, "is not set, which means %s; here at most %.0f (%s) are allowed", days(defaultTokenLifetime), most.Seconds(), days(most)))
	case seconds == nil:
		return Verdict{}
	case *seconds < int64(minTokenLifetime.Seconds()):
		return unless(same, invalid(field, "%d is less than the %.0f that the API server accepts", *seconds, minTokenLifetime.Seconds()))
	case *seconds > int64(most.Seconds()):
		return unless(same, invalid(field, "%d is more than the %.0f (%s) that are allowed here", *seconds, most.Seconds(), days(most)))
	}
	return Verdict{}
}

func equalOrNil(a, b *int64) bool {
	return a == b || a != nil && b != nil && *a == *b
}

// days says a time in days when it is some.
func days(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= 2*day && d%day == 0 {
		return strconv.Itoa(int(d/day)) + " days"
	}
	return d.String()
}
