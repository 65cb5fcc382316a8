package admit

import (
	"cmp"
	"slices"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// overrideAnnotation lets a protected object be deleted: two steps are no accident.
const overrideAnnotation = "bailiwick.dev/allow-deletion"

func overridden(annotations map[string]string) bool { return annotations[overrideAnnotation] == "true" }

// protectedIsKept refuses the deletion of what is protected, also to system:masters, which Harvester's own kubeconfig is
// and with which the accident happens. The control plane is not bound: it deletes what was deleted with a namespace or
// an owner, which was admitted before.
func protectedIsKept(q *Question) Verdict {
	if !q.deleting() || policy.IsControlPlane(q.Who) || q.Snapshot.BreaksGlass(q.Who) {
		return Verdict{}
	}
	var old policy.Object
	_ = policy.Decode(q.Request.OldObject.Raw, &old) // what cannot be read carries no annotation
	// A request to delete a collection names no object.
	ref := q.object()
	ref.Name = cmp.Or(ref.Name, old.Metadata.Name)
	kind := q.protectedKind(ref.Name)
	if kind == nil || overridden(old.Metadata.Annotations) {
		return Verdict{}
	}
	if kind.namespace == "" {
		ref.Namespace = "" // that of a Namespace is its own name
	}
	return forbid("%s %s (to delete it all the same, annotate it with %s=true first)", ref, kind.why, overrideAnnotation)
}

// protectedKind is the kind of the request's object if the object is protected, or nil.
func (q *Question) protectedKind(name string) *protectedKind {
	r := q.Request
	at := slices.IndexFunc(protectedKinds, func(k protectedKind) bool {
		return k.group == r.Resource.Group && k.resource == r.Resource.Resource && (k.namespace == "" || k.namespace == r.Namespace)
	})
	if at < 0 || !slices.Contains(protectedKinds[at].names(q.Snapshot), name) {
		return nil
	}
	return &protectedKinds[at]
}

// overrideIsHeld leaves the annotation to who may delete any object of the kind. Who may only delete this one, as an
// owner of the project that the namespace is in, asks one of them.
func overrideIsHeld(q *Question) Verdict {
	if q.deleting() || trusted(q) || policy.IsEssential(q.Who) || q.Snapshot.BreaksGlass(q.Who) {
		return Verdict{}
	}
	object, old, err := decode[policy.Object](q)
	if err != nil {
		return invalid("", "%v", err)
	}
	kind := q.protectedKind(object.Metadata.Name)
	if kind == nil || !overridden(object.Metadata.Annotations) || old != nil && overridden(old.Metadata.Annotations) {
		return Verdict{}
	}
	if q.Snapshot.Can(q.Who, &policy.Ask{Verb: "delete", Group: kind.group, Resource: kind.resource}) {
		return Verdict{}
	}
	return forbid("metadata.annotations[%s]: only who may delete all %s may let this one be deleted%s", overrideAnnotation, kind.resource, q.unknownRights())
}

// unknownRights explains a refusal for want of a right where nobody's rights are known.
func (q *Question) unknownRights() string {
	if q.Snapshot.KnowsRBAC() {
		return ""
	}
	return " (the policy holds no RBAC, so nobody can tell who may)"
}
