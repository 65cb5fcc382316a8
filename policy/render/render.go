package render

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/api/validate/content"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// RBAC is what the policy grants on one cluster.
type RBAC struct {
	// Cluster is the value of Label.
	Cluster string
	// Objects are ordered by kind, namespace and name.
	Objects []Object
	// Notes are where they give less than the policy does.
	Notes []Note
}

// Note tells that something is not rendered as it is granted.
type Note struct {
	// What is the grant, or the role for all who hold it.
	What string
	Why  string
}

func (n Note) String() string { return n.What + ": " + n.Why }

func (n Note) compare(o Note) int {
	return cmp.Or(cmp.Compare(n.What, o.What), cmp.Compare(n.Why, o.Why))
}

// Render renders the grants on a cluster, which goes by the name that Rancher gives it or the one that a policy.ClusterRef
// prints.
func Render(cluster string, grants iter.Seq[policy.HeldRole]) *RBAC {
	r := renderer{cluster: labelValue(cluster), notes: map[Note]bool{}, roles: map[string]*role{}, rendered: map[*rbacv1.PolicyRule]*role{}, bound: map[scope]*bound{}}
	for h := range grants {
		r.add(&h)
	}
	return &RBAC{Cluster: r.cluster, Objects: r.objects(), Notes: slices.SortedFunc(maps.Keys(r.notes), Note.compare)}
}

// renderer collects who holds what.
type renderer struct {
	cluster  string
	notes    map[Note]bool
	roles    map[string]*role             // by name
	rendered map[*rbacv1.PolicyRule]*role // by the first rule of a list, which all share who hold the role
	bound    map[scope]*bound
}

// role is a list of rules.
type role struct {
	name    string
	rules   []rbacv1.PolicyRule
	origins map[string]bool
}

// scope is where a role is bound; no namespace is the whole cluster.
type scope struct{ namespace, role string }

// bound is who holds a role in a scope, and by what.
type bound struct {
	subjects map[rbacv1.Subject]bool
	origins  map[string]bool
}

func (r *renderer) add(h *policy.HeldRole) {
	if why := leftOut(h); why != "" {
		r.notes[Note{h.Origin(), why}] = true
		return
	}
	role := r.role(h)
	at := scope{h.Namespace, role.name}
	b := r.bound[at]
	if b == nil {
		b = &bound{map[rbacv1.Subject]bool{}, map[string]bool{}}
		r.bound[at] = b
	}
	b.subjects[h.Subject], b.origins[h.By] = true, true
}

// leftOut says why RBAC cannot say the same, or "".
func leftOut(h *policy.HeldRole) string {
	switch {
	case h.Only != "":
		return fmt.Sprintf("is left out, because RBAC cannot narrow it to %s", h.Only)
	case h.Namespace != "" && len(content.IsDNS1123Label(h.Namespace)) > 0:
		return fmt.Sprintf("is left out, because %q cannot be the name of a namespace", h.Namespace)
	default:
		return ""
	}
}

func (r *renderer) role(h *policy.HeldRole) *role {
	found := r.rendered[&h.Rules[0]]
	if found == nil {
		rules, spelled := spellOut(h.Rules)
		if spelled {
			r.notes[Note{h.Role, `has the verb "*", which is spelled out, because in RBAC it would give impersonation`}] = true
		}
		name := nameOf(r.cluster, rules)
		if found = r.roles[name]; found == nil {
			found = &role{name: name, rules: rules, origins: map[string]bool{}}
			r.roles[name] = found
		}
		r.rendered[&h.Rules[0]] = found
	}
	found.origins[h.Role] = true
	return found
}
