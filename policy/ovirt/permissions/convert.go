package permissions

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/validate/content"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/bailiwick-dev/bailiwick/api/v1alpha1"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// Converted is what a list becomes here.
type Converted struct {
	Roles       []Made[v1alpha1.RoleDefinition]
	Assignments []Made[v1alpha1.RoleAssignment]
	Notes       []Note
}

// Made is an object, and the lines that it comes from.
type Made[T any] struct {
	Object T
	From   []Position
}

// Convert carries a list over. What cannot be is in the notes, and gives nothing: where it is not clear what a line would
// mean here, it is left out.
func Convert(list List, m Mapping) Converted {
	c := converter{mapping: m, at: map[string]int{}, roles: customRoles(list.Roles)}
	c.Notes = slices.Clone(list.Notes)
	for _, p := range list.Permissions {
		if err := c.permission(&p); err != nil {
			c.Notes = append(c.Notes, Note{p.Position, err.Error(), true})
		}
	}
	slices.SortStableFunc(c.Notes, func(a, b Note) int {
		return cmp.Or(strings.Compare(a.Position.File, b.Position.File), cmp.Compare(a.Position.Line, b.Position.Line))
	})
	return c.Converted
}

type converter struct {
	Converted
	mapping Mapping
	roles   map[string]*customRole
	at      map[string]int // of the assignments, by their names
	told    map[string]bool
}

// maxSubjects is how many an assignment takes.
const maxSubjects = 256

func (c *converter) permission(p *Permission) error {
	role, err := c.role(p)
	if err != nil {
		return err
	}
	on, err := c.object(p)
	if err != nil {
		return err
	}
	subject := v1alpha1.Subject{Kind: v1alpha1.SubjectEveryone}
	if p.Kind != Everyone {
		subject.Kind = map[PrincipalKind]v1alpha1.SubjectKind{User: v1alpha1.SubjectUser, Group: v1alpha1.SubjectGroup}[p.Kind]
		if subject.Name = c.mapping.principal(p.Kind, p.Principal); subject.Name == "" {
			return fmt.Errorf("nothing tells the name of the %s %s: add the engine's list of %ss, or map its id", p.Kind, p.Principal.ID, p.Kind)
		}
	}
	c.assign(subject, role, on, p.Position)
	if role := predefined(p.Role); role != nil {
		c.tell(p.Position, role)
	}
	return nil
}

// assign adds a subject to the assignment of a role on an object.
func (c *converter) assign(subject v1alpha1.Subject, role string, on v1alpha1.ObjectReference, from Position) {
	base := nameOf(role, on)
	for n := 1; ; n++ {
		name := base
		if n > 1 {
			name = fmt.Sprintf("%s-%d", base, n)
		}
		i, made := c.at[name]
		if !made {
			i = len(c.Assignments)
			c.at[name] = i
			c.Assignments = append(c.Assignments, Made[v1alpha1.RoleAssignment]{Object: v1alpha1.RoleAssignment{
				TypeMeta:   metav1.TypeMeta{APIVersion: v1alpha1.GroupVersion, Kind: "RoleAssignment"},
				ObjectMeta: metav1.ObjectMeta{Name: name},
				Spec:       v1alpha1.RoleAssignmentSpec{RoleRef: v1alpha1.RoleRef{Name: role}, On: on},
			}})
		}
		a := &c.Assignments[i]
		if slices.Contains(a.Object.Spec.Subjects, subject) {
			return
		}
		if len(a.Object.Spec.Subjects) < maxSubjects {
			a.Object.Spec.Subjects = append(a.Object.Spec.Subjects, subject)
			a.From = append(a.From, from)
			return
		}
	}
}

// object is where a permission is here.
func (c *converter) object(p *Permission) (v1alpha1.ObjectReference, error) {
	on := v1alpha1.ObjectReference{Kind: v1alpha1.ObjectType(p.Type.On.String())}
	if p.Type.On == ovirt.AnyObject {
		return on, fmt.Errorf("roles on a %s give nothing here: %s", p.Type.Word, p.Type.Why)
	}
	if p.Type.On == ovirt.System {
		return on, nil
	}
	to := c.mapping.place(p.Type, p.Object)
	if p.Type.On != ovirt.DataCenter {
		on.Cluster = to.Cluster
	}
	what := p.Type.Word + " " + p.Object.String()
	mapIt := fmt.Sprintf("say it in the mapping, under objects, %s", p.Type.Word)
	if p.Type.On == ovirt.Cluster {
		if on.Cluster == "" {
			return on, fmt.Errorf("nothing says which cluster the %s is here: %s", what, mapIt)
		}
		return on, nil
	}
	if on.Name = cmp.Or(to.Name, p.Object.Name); on.Name == "" {
		return on, fmt.Errorf("nothing tells the name of the %s: add the engine's list of these, or %s", what, mapIt)
	}
	if len(content.IsDNS1123Subdomain(on.Name)) > 0 {
		return on, fmt.Errorf("no object here can be called %q, as the %s is: %s", on.Name, p.Type.Word, mapIt)
	}
	if inNamespace[p.Type.On] {
		if on.Namespace = to.Namespace; on.Namespace == "" {
			return on, fmt.Errorf("nothing says in which namespace the %s is here: %s", what, mapIt)
		}
	}
	return on, nil
}

var inNamespace = map[ovirt.ObjectType]bool{
	ovirt.VirtualMachine: true, ovirt.VirtualMachinePool: true, ovirt.Template: true, ovirt.Disk: true, ovirt.VnicProfile: true,
}

// nameOf is the name of the assignment of a role on an object: readable, and another one for each.
func nameOf(role string, on v1alpha1.ObjectReference) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%s\n%s\n%s", role, on.Kind, on.Cluster, on.Namespace, on.Name))
	parts := []string{slug(role), slug(string(on.Kind))}
	if name := slug(cmp.Or(on.Name, on.Cluster)); name != "" {
		parts = append(parts, name)
	}
	return fmt.Sprintf("%s-%x", strings.Join(parts, "-"), sum[:3])
}

// slug writes a text with the letters that names of objects have.
func slug(text string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(text) {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() == 60 {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}
