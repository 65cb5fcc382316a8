package admit

import (
	"fmt"
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admission/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// need is one thing that a write takes: an action group on an object of the hierarchy, or above it.
type need struct {
	// field is where the write asks for it; empty: the write as a whole does.
	field string
	// item tells apart the entries of a list that need the same, as two interfaces on one network.
	item string
	// group has to be held, or the group or.
	group, or ovirt.ActionGroup
	on        policy.Spot
	// found says that the inventory tells which object it is: the user, who has not named it, is not told.
	found bool
	// where a disk of a storage class will be; empty: the need is of another kind.
	where string
	// rbac does as well, when a role of RBAC gives it.
	rbac access
}

// access is a request of RBAC about one object.
type access struct{ verb, group, resource, namespace, name string }

// use is the right to refer to an object, which a role of RBAC may give.
func use(group, resource, namespace, name string) access {
	return access{ovirt.Use, group, resource, namespace, name}
}

// byRoles makes a check of what a write takes. It binds those who may write such an object only by their roles: whoever
// RBAC, a RoleTemplate or a RoleRequest lets write it was given the whole of it.
func byRoles(takes func(*Question) ([]need, error)) func(*Question) Verdict {
	return func(q *Question) Verdict {
		if !q.onlyByRoles() {
			return Verdict{}
		}
		return q.judgeNeeds(q.Who, takes)
	}
}

func (q *Question) judgeNeeds(who policy.Subject, takes func(*Question) ([]need, error)) Verdict {
	needs, err := takes(q)
	if err != nil {
		return invalid("", "%v", err)
	}
	at := slices.IndexFunc(needs, func(n need) bool { return !n.heldBy(q, who) })
	if at < 0 {
		return Verdict{}
	}
	return forbid("%s takes %s, which no role gives to %s: ask for one there, or on what is above it%s",
		q.asks(&needs[at]), needs[at].what(), q.called(who), q.unknownRights())
}

// onlyByRoles says whether nothing but roles of the hierarchy can have let the user make this write. Whether an update
// is a patch, the request does not say.
func (q *Question) onlyByRoles() bool {
	r := q.Request
	ask := policy.Ask{Group: r.Resource.Group, Resource: r.Resource.Resource, Namespace: r.Namespace, Name: r.Name}
	switch r.Operation {
	case admissionv1.Create:
		ask.Verb, ask.Name = "create", ""
	case admissionv1.Delete:
		ask.Verb = "delete"
	default:
		ask.Verb = "update"
		patch := ask
		patch.Verb = "patch"
		return q.Snapshot.OnlyByRoles(q.Who, ask, patch)
	}
	return q.Snapshot.OnlyByRoles(q.Who, ask)
}

func (n *need) heldBy(q *Question, who policy.Subject) bool {
	switch s := q.Snapshot; {
	case n.where != "":
		if !s.LacksDisk(who, n.where, n.on.Name) {
			return true
		}
	case !s.Lacks(who, n.group, n.on), n.or != 0 && !s.Lacks(who, n.or, n.on):
		return true
	}
	r := n.rbac
	resource, subresource, _ := strings.Cut(r.resource, "/")
	return r.verb != "" && q.Snapshot.Can(who, &policy.Ask{Verb: r.verb, Group: r.group, Resource: resource, Subresource: subresource, Namespace: r.namespace, Name: r.name})
}

// asks is what asks for it: a field, or the object.
func (q *Question) asks(n *need) string {
	if n.field == "" {
		return q.object().String()
	}
	return n.field + ":"
}

func (q *Question) called(who policy.Subject) string {
	if who.Name == q.Who.Name {
		return "you"
	}
	return "its creator"
}

// what names the action group and the object: `CREATE_DISK on StorageDomain "fast"`.
func (n *need) what() string {
	text := n.group.String()
	if n.or != 0 {
		text += " or " + n.or.String()
	}
	on := n.on
	if n.found {
		on.Name = ""
	}
	if n.where != "" && on.Name == "" {
		on = policy.Spot{Type: ovirt.Disk, Namespace: n.where}
	}
	text += " on " + on.String()
	if n.where != "" && on.Name != "" {
		text += fmt.Sprintf(", and a role in namespace %q", n.where)
	}
	return text
}

// added are the needs that were not there before; where in a list something stands does not matter.
func added(needs, before []need) []need {
	had := map[need]bool{}
	for _, n := range before {
		n.field = ""
		had[n] = true
	}
	return slices.DeleteFunc(needs, func(n need) bool {
		n.field = ""
		return had[n]
	})
}

// scoped splits the name of an object that may stand in another namespace, as in namespace/name.
func scoped(text, namespace string) (ns, name string) {
	if ns, name, ok := strings.Cut(text, "/"); ok {
		return ns, name
	}
	return namespace, text
}

// child is a field of an object, or nil.
func child(object any, field string) any {
	fields, _ := object.(tree)
	return fields[field]
}
