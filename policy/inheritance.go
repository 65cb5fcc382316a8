package policy

import (
	"fmt"
	"slices"
	"strings"
)

// inheritance walks over all templates once, and each edge between two of them once, so that what is wrong is found
// however many there are.
type inheritance struct {
	templates *templates
	problems  *problems
	path      []string       // from where the walk began
	at        map[string]int // of the templates on the path: where
	height    map[string]int // of templates that are done
}

// checkInheritance reports templates that inherit what is not there, themselves, or too much.
func (t *templates) checkInheritance(ps *problems, sorted []*RoleTemplate) {
	i := inheritance{templates: t, problems: ps, at: map[string]int{}, height: map[string]int{}}
	for _, rt := range sorted {
		t.external(ps, rt)
		i.visit(rt)
	}
}

// visit is the height of a template: how many there are in the longest row that it inherits.
func (i *inheritance) visit(rt *RoleTemplate) int {
	name := rt.Metadata.Name
	if height, done := i.height[name]; done {
		return height
	}
	i.at[name] = len(i.path)
	i.path = append(i.path, name)
	height, cycle := 0, -1 // cycle is where on the path a template stands that this one inherits
	for at, inherited := range rt.RoleTemplateNames {
		next := i.templates.byName[inherited]
		if next == nil {
			i.problems.add(Error, &rt.Object, fmt.Sprintf("roleTemplateNames[%d]", at), fmt.Sprintf("RoleTemplate %q not found", inherited), "")
			continue
		}
		if from, onPath := i.at[inherited]; onPath {
			cycle = from
			continue
		}
		height = max(height, 1+i.visit(next))
	}
	i.report(rt, cycle, height)
	i.path = i.path[:len(i.path)-1]
	delete(i.at, name)
	i.height[name] = height
	return height
}

func (i *inheritance) report(rt *RoleTemplate, cycle, height int) {
	const path = "roleTemplateNames"
	if cycle >= 0 {
		i.problems.add(Error, &rt.Object, path, "inherits itself: "+way(append(i.path[cycle:], i.path[cycle])), "leave one of them out")
	}
	if height > maxInheritance {
		i.problems.add(Error, &rt.Object, path, fmt.Sprintf("inherits over more than %d templates; those beyond give nothing", maxInheritance), "")
	}
}

// way prints the names on a cycle, of which there may be thousands.
func way(names []string) string {
	const shown = 5
	if len(names) > 2*shown {
		names = slices.Concat(names[:shown], []string{"…"}, names[len(names)-shown:])
	}
	return strings.Join(names, " > ")
}

// TemplateCycle is the way on which a RoleTemplate would inherit itself if it were in the policy, or nil.
func (s *Snapshot) TemplateCycle(rt *RoleTemplate) []string {
	type step struct {
		name string
		from int // index of the step before
	}
	steps := []step{{rt.Metadata.Name, -1}}
	seen := map[string]bool{}
	for at := 0; at < len(steps); at++ {
		names := rt.RoleTemplateNames
		if at > 0 {
			names = s.templates.byName[steps[at].name].RoleTemplateNames
		}
		for _, name := range names {
			if name == rt.Metadata.Name {
				way := []string{name}
				for i := at; i >= 0; i = steps[i].from {
					way = append(way, steps[i].name)
				}
				slices.Reverse(way)
				return way
			}
			if s.templates.byName[name] != nil && !seen[name] {
				seen[name] = true
				steps = append(steps, step{name, at})
			}
		}
	}
	return nil
}
