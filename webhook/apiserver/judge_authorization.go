package apiserver

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/apis/apiserver"
	"k8s.io/apiserver/pkg/apis/apiserver/load"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// Types of authorizers beside webhooks.
// Upstream: kubernetes pkg/kubeapiserver/authorizer/modes.
const (
	typeNode        = "Node"
	typeRBAC        = "RBAC"
	typeABAC        = "ABAC"
	typeAlwaysAllow = "AlwaysAllow"
	typeAlwaysDeny  = "AlwaysDeny"
)

// What is longer than these is warned of.
const (
	longAuthorizationTimeout = 5 * time.Second
	longAuthorizedTTL        = time.Minute
	longUnauthorizedTTL      = 10 * time.Second
)

var authorizationRules = []judged[*chain]{
	{Rule{"authorization/refused", policy.Error, "kube-apiserver does not take the file: it does not start, and one that runs keeps what it had."}, refused},
	{Rule{"authorization/missing", policy.Error, "Without the authorizers Node and RBAC, nodes, controllers and administrators may do nothing."}, missing},
	{Rule{"authorization/allows-all", policy.Error, "AlwaysAllow allows everything to everybody."}, allowsAll},
	{Rule{"authorization/locks", policy.Error, "With failurePolicy Deny, nodes and controllers that wait for a webhook stop when it stops, and nothing can repair it."}, locks},
	{Rule{"authorization/order", policy.Warning, "A webhook behind RBAC cannot refuse what RBAC allows."}, order},
	{Rule{"authorization/essential", policy.Warning, "Nodes and the control plane should not wait for a webhook; matchConditions keep them away."}, essential},
	{Rule{"authorization/failure-policy", policy.Warning, "With failurePolicy Deny, whoever is asked about can do nothing while the webhook is down."}, failurePolicy},
	{Rule{"authorization/timeout", policy.Warning, "Each request waits that long while a webhook hangs."}, timeout},
	{Rule{"authorization/authorized-ttl", policy.Warning, "What is taken away stays allowed as long as answers are kept; 5m when nothing is said."}, authorizedTTL},
	{Rule{"authorization/unauthorized-ttl", policy.Warning, "What is given, or newly refused, waits as long as answers are kept; 30s when nothing is said."}, unauthorizedTTL},
}

// chain is an AuthorizationConfiguration with the defaults that kube-apiserver gives it, or why it cannot be read.
type chain struct {
	apiserver.AuthorizationConfiguration
	unreadable error
}

func readAuthorization(raw []byte) *chain {
	config, err := load.LoadFromData(raw)
	switch {
	case runtime.IsNotRegisteredError(err):
		return &chain{unreadable: errors.New("no kube-apiserver knows this version of the kind")}
	case err != nil:
		return &chain{unreadable: err}
	}
	return &chain{AuthorizationConfiguration: *config}
}

// link is a webhook of a chain.
type link struct {
	*apiserver.WebhookConfiguration
	path string
	last bool // RBAC is asked first
}

func (c *chain) webhooks() []link {
	var links []link
	rbac := c.index(typeRBAC)
	for i, a := range c.Authorizers {
		if a.Type == apiserver.TypeWebhook && a.Webhook != nil {
			links = append(links, link{a.Webhook, fmt.Sprintf("authorizers[%d].webhook", i), rbac >= 0 && rbac < i})
		}
	}
	return links
}

func (c *chain) index(kind apiserver.AuthorizerType) int {
	return slices.IndexFunc(c.Authorizers, func(a apiserver.AuthorizerConfiguration) bool { return a.Type == kind })
}

func (c *chain) each(check func(link) (note, bool)) []note {
	return each(c.webhooks(), func(l link) string { return l.path }, check)
}

func missing(c *chain) []note {
	var notes []note
	for _, kind := range []apiserver.AuthorizerType{typeNode, typeRBAC} {
		if c.unreadable == nil && c.index(kind) < 0 && c.index(typeAlwaysAllow) < 0 {
			notes = append(notes, note{"authorizers", fmt.Sprintf("there is none of type %s", kind), fmt.Sprintf("add {type: %s, name: %s}", kind, strings.ToLower(string(kind)))})
		}
	}
	return notes
}

func allowsAll(c *chain) []note {
	i := c.index(typeAlwaysAllow)
	if i < 0 {
		return nil
	}
	return []note{{fmt.Sprintf("authorizers[%d].type", i), "AlwaysAllow makes everybody an administrator", "put Node and RBAC in its place"}}
}

func order(c *chain) []note {
	return c.each(func(l link) (note, bool) {
		return note{"", "stands behind RBAC, so it is not asked about what RBAC allows and cannot refuse it",
			"put it before RBAC if it is to refuse anything; if it only adds to what RBAC allows, this is the cheaper order"}, l.last
	})
}

func failurePolicy(c *chain) []note {
	return c.each(func(l link) (note, bool) {
		return note{".failurePolicy", "Deny refuses whoever is asked about while the webhook is down, whatever RBAC allows them",
			"use NoOpinion, or narrow the matchConditions to what must not happen without the webhook"}, l.denies() && !l.locks() && l.asks(anybody)
	})
}

func timeout(c *chain) []note {
	return c.each(func(l link) (note, bool) {
		return note{".timeout", fmt.Sprintf("each request waits %s while the webhook hangs", l.Timeout.Duration),
			fmt.Sprintf("use at most %s", longAuthorizationTimeout)}, l.Timeout.Duration > longAuthorizationTimeout
	})
}

func authorizedTTL(c *chain) []note {
	return c.each(func(l link) (note, bool) {
		return note{".authorizedTTL", fmt.Sprintf("what is taken away stays allowed for %s", l.AuthorizedTTL.Duration),
			"set it, to 30s for example; it is 5m when it is left out"}, l.CacheAuthorizedRequests && l.AuthorizedTTL.Duration > longAuthorizedTTL
	})
}

func unauthorizedTTL(c *chain) []note {
	return c.each(func(l link) (note, bool) {
		return note{".unauthorizedTTL", fmt.Sprintf("what is given, or newly refused, is not in force for %s", l.UnauthorizedTTL.Duration),
			"set it, to 5s for example; it is 30s when it is left out"}, l.CacheUnauthorizedRequests && l.UnauthorizedTTL.Duration > longUnauthorizedTTL
	})
}
