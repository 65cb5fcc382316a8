package policy

import (
	"fmt"

	rbacv1 "k8s.io/api/rbac/v1"
)

// Grant is one rule that somebody holds in some scope.
type Grant struct {
	Rule rbacv1.PolicyRule
	// Namespace is where the rule holds; "" is the whole cluster.
	Namespace string
	Origin    *Origin
}

// Origin is the object that a grant came from, and the way to it.
type Origin struct {
	Request Ref // the RoleRequest
	Role    Ref // the Role or ClusterRole in it
	Source  Ref // the ConfigMap or Secret that holds the role
	text    string
	reason  string
}

func newOrigin(request, role, source Ref) *Origin {
	o := &Origin{Request: request, Role: role, Source: source}
	o.text = request.String() + " via " + o.role()
	o.reason = "allowed by " + o.text
	return o
}

// role is the role, and where it stands.
func (o *Origin) role() string { return fmt.Sprintf("%s (%s)", o.Role, o.Source) }

// String is the sentence's end that every answer uses:
// `RoleRequest "full-access" via ClusterRole "eng-full-access" (ConfigMap default/full-access)`.
func (o *Origin) String() string { return o.text }

// Reason is the sentence that tells why a request is allowed. It is built once, when the policy is compiled.
func (o *Origin) Reason() string { return o.reason }

// holding is what one user holds on one cluster.
type holding struct {
	everywhere  []Grant
	inNamespace map[string][]Grant
	// miss is what to tell the user when nothing here covers his request.
	miss string
}

func (h *holding) add(g Grant) {
	if g.Namespace == "" {
		h.everywhere = append(h.everywhere, g)
		return
	}
	if h.inNamespace == nil {
		h.inNamespace = map[string][]Grant{}
	}
	h.inNamespace[g.Namespace] = append(h.inNamespace[g.Namespace], g)
}

// find is the first grant that covers the request. A namespaced grant never answers a request without a namespace.
func (h *holding) find(ask *Ask) *Grant {
	if g := firstThatAllows(h.everywhere, ask); g != nil {
		return g
	}
	if ask.NonResource || ask.Namespace == "" {
		return nil
	}
	return firstThatAllows(h.inNamespace[ask.Namespace], ask)
}

func firstThatAllows(grants []Grant, ask *Ask) *Grant {
	for i := range grants {
		if allows(&grants[i].Rule, ask) {
			return &grants[i]
		}
	}
	return nil
}
