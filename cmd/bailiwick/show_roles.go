package main

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"github.com/bailiwick-dev/bailiwick/api/v1alpha1"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

func newShowRoles(io stdio) *cobra.Command {
	var s show
	cmd := &cobra.Command{
		Use:   "roles [NAME…] [-f PATH]",
		Short: "Show which roles can be assigned on the objects of the hierarchy",
		Long: `Show which roles can be assigned on the objects of the hierarchy: the predefined ones, which are oVirt's, and those of
the policy that -f names.

A role that views children lets its holder read what is in the object. With -o wide the action groups of each role stand
there, and on which objects they count. -o yaml and -o json print RoleDefinitions. Those of predefined roles only show what
is built in: they can be applied, but not changed, and have the role's name in small letters.`,
		Example: `  bailiwick show roles
  bailiwick show roles UserVmManager -o wide
  bailiwick show roles -o yaml | kubectl apply -f -`,
		RunE: func(_ *cobra.Command, names []string) error { return showRoles(io, &s, names) },
	}
	s.commonFlags(cmd.Flags())
	return cmd
}

func showRoles(io stdio, s *show, names []string) error {
	if err := checkFormat(s.output, showFormats); err != nil {
		return err
	}
	var custom []*policy.RoleDefinition
	complete := true
	if len(s.paths) > 0 {
		snap, whole, err := s.read(io)
		if err != nil {
			return err
		}
		custom, complete = snap.CustomRoles(), whole
	}
	rows, err := rolesNamed(allRoles(custom), names)
	if err != nil {
		return err
	}
	if err := writeRoles(io, s, rows); err != nil {
		return err
	}
	return finished(io, len(rows), complete, "RoleDefinition")
}

// roleRow is a role as a RoleDefinition says it.
type roleRow struct {
	v1alpha1.RoleDefinition
	title string // as an assignment names it
}

func (r *roleRow) manifest() manifest { return manifestOf(r.TypeMeta, r.ObjectMeta, r.Spec) }

// allRoles are the predefined roles in the engine's order, then the others by name.
func allRoles(custom []*policy.RoleDefinition) []roleRow {
	var rows []roleRow
	add := func(title, name string, spec v1alpha1.RoleDefinitionSpec) *roleRow {
		row := roleRow{title: title}
		row.APIVersion, row.Kind, row.Name, row.Spec = v1alpha1.GroupVersion, "RoleDefinition", name, spec
		rows = append(rows, row)
		return &rows[len(rows)-1]
	}
	for _, role := range ovirt.Roles() {
		add(role.Name, policy.ShownName(role), policy.PredefinedSpec(role)).Labels = map[string]string{policy.PredefinedLabel: "true"}
	}
	for _, d := range custom {
		add(d.Metadata.Name, d.Metadata.Name, d.Spec)
	}
	return rows
}

// rolesNamed picks roles by their names, in any case; without names all.
func rolesNamed(rows []roleRow, names []string) ([]roleRow, error) {
	if len(names) == 0 {
		return rows, nil
	}
	var picked []roleRow
	for _, name := range names {
		found := false
		for _, row := range rows {
			if row.Name == strings.ToLower(name) {
				picked, found = append(picked, row), true
			}
		}
		if !found {
			return nil, broken("bailiwick show roles lists them; -f DIR adds those of a policy", "there is no role %q", name)
		}
	}
	return picked, nil
}

func writeRoles(io stdio, s *show, rows []roleRow) error {
	switch s.output {
	case "yaml":
		var text bytes.Buffer
		for i := range rows {
			if i > 0 {
				text.WriteString("---\n")
			}
			doc, err := yaml.Marshal(rows[i].manifest())
			if err != nil {
				return err
			}
			text.Write(doc)
		}
		_, err := io.out.Write(text.Bytes())
		return err
	case "json":
		items := []any{}
		for i := range rows {
			items = append(items, rows[i].manifest())
		}
		return printJSON(io.out, map[string]any{"apiVersion": "v1", "kind": "List", "items": items})
	}
	header := []string{"ROLE", "TYPE", "GROUPS", "VIEWS CHILDREN", "ORIGIN", "COUNT ON", "ACTION GROUPS AND RULES"}
	if s.output == "table" {
		header = header[:5]
	}
	return writeRows(io, s, rows, header, roleRow.cells)
}

func (r roleRow) cells() []string {
	origin, views, on := "custom", "no", "*"
	if r.Labels[policy.PredefinedLabel] == "true" {
		origin = "predefined"
	}
	if policy.ViewsChildren(&r.Spec) {
		views = "yes"
	}
	if len(r.Spec.ObjectTypes) > 0 {
		on = joined(r.Spec.ObjectTypes)
	}
	gives := joined(r.Spec.ActionGroups)
	if n := len(r.Spec.Rules); n > 0 {
		gives = strings.TrimPrefix(fmt.Sprintf("%s,%s", gives, count(n, "rule")), ",")
	}
	return []string{r.title, string(r.Spec.Type), strconv.Itoa(len(r.Spec.ActionGroups)), views, origin, on, gives}
}

func joined[T ~string](list []T) string {
	texts := make([]string, len(list))
	for i, text := range list {
		texts[i] = string(text)
	}
	return strings.Join(texts, ",")
}
