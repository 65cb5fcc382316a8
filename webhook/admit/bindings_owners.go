package admit

import (
	"github.com/bailiwick-dev/bailiwick/policy"
)

// givesItOnce refuses to give somebody a role twice on one target: when one binding is taken away the other one stays,
// and with it the rights.
func givesItOnce(q *Question, b, old *binding) Verdict {
	if b.global() || old != nil && sameGift(b, old) {
		return Verdict{}
	}
	other, given := q.Snapshot.GivenBy(&b.TemplateBinding)
	if !given {
		return Verdict{}
	}
	return invalid("", "another binding%s gives RoleTemplate %q on %s to the same subject already", q.toAdmins(" ("+other.String()+")"), b.RoleTemplateName, b.Target())
}

// ownersStay keeps who is less than an owner from putting an owner out: only who could give such a binding, or has it
// himself, deletes it. The last one goes with a warning. Other bindings are taken away by whoever RBAC lets, as in
// Rancher, where that holds for owners too.
func ownersStay(q *Question) Verdict {
	if !q.deleting() || q.Snapshot.IsController(q.Who.Name) || policy.IsEssential(q.Who) {
		return Verdict{}
	}
	var b binding
	if policy.Decode(q.Request.OldObject.Raw, &b) != nil || b.Deleting() {
		return Verdict{} // what cannot be read is better gone
	}
	b.Kind = q.Request.Kind.Kind
	of, owner, last := q.owner(&b)
	if !owner {
		return Verdict{}
	}
	if b.UserName != q.Who.Name && q.mayBind(&b).Refusal != nil {
		return forbid("%s makes somebody an owner of %s: only who holds as much deletes it", b.Ref(), of)
	}
	if last {
		return warn("%s is the last binding of an owner of %s", b.Ref(), of)
	}
	return Verdict{}
}

// owner says of what a binding makes somebody an owner, if it does, and whether no other one does.
func (q *Question) owner(b *binding) (of string, owner, last bool) {
	if b.global() {
		owner, last = q.Snapshot.AdminBinding(b.asGlobal())
		return "Rancher itself", owner, last
	}
	owner, last = q.Snapshot.OwnerBinding(&b.TemplateBinding)
	return b.Target(), owner, last
}
