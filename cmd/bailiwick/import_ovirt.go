package main

import (
	"bytes"
	"errors"
	"fmt"
	stdlib "io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	"github.com/bailiwick-dev/bailiwick/policy/ovirt/permissions"
)

// importOvirt is one run of the command of this name.
type importOvirt struct {
	files   []string
	mapping string
	output
}

func newImportOvirt(io stdio) *cobra.Command {
	var i importOvirt
	cmd := &cobra.Command{
		Use:   "ovirt FILE… [--map FILE]",
		Short: "Make RoleAssignments of the permissions of an oVirt or RHV engine",
		Long: `Make RoleAssignments of the permissions of an oVirt or RHV engine.

A FILE is a list as CSV, whose first line names the columns ` + strings.Join(permissions.Columns(), ", ") + `;
or answers of the engine's REST API as JSON: permissions, and users, groups, roles and objects for their names. - reads
standard input. Roles are named as in the engine or by their UUID there. Custom roles become RoleDefinitions.
--map says what is called otherwise here, and in which cluster and namespace it is.
What cannot be carried over is said with its line, and gives nothing; what is less here than there is said once for each role.
Exits with 0 when all lines were carried over, 1 when some were not, and 2 when a file cannot be read.`,
		Example: `  bailiwick import ovirt permissions.csv --map map.yaml > assignments.yaml
  bailiwick import ovirt permissions.json users.json roles.json --map map.yaml | kubectl apply -f -`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return broken("bailiwick import ovirt permissions.csv --map map.yaml", "nothing to import: FILE is missing")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			i.files = args
			return i.run(io)
		},
	}
	cmd.Flags().StringVar(&i.mapping, "map", "", "YAML `FILE` that says what the engine's objects, users and groups are called here")
	i.flags(cmd.Flags())
	return cmd
}

func (i *importOvirt) run(std stdio) error {
	var m permissions.Mapping
	if i.mapping != "" {
		text, err := readInput(std, i.mapping)
		if err != nil {
			return broken("--map takes a YAML file", "reading the mapping: %w", err)
		}
		if m, err = permissions.ReadMapping(text); err != nil {
			return broken("it has the keys objects, users and groups; see docs/coming-from-rhv.md", "reading the mapping %s: %w", i.mapping, err)
		}
	}
	var r permissions.Reader
	for _, file := range i.files {
		text, err := readInput(std, file)
		if err != nil {
			return broken("FILE is a list of permissions, - is standard input", "%w", err)
		}
		if err := r.Read(file, text); err != nil {
			return broken("see bailiwick import ovirt --help for what is read", "%w", err)
		}
	}
	made := permissions.Convert(r.List(), m)
	text, err := manifestsOf(made)
	if err != nil {
		return err
	}
	if err := i.write(std, text, openFile); err != nil {
		return err
	}
	return tellCarried(std, made)
}

// tellCarried says what was not carried over, and counts.
func tellCarried(std stdio, made permissions.Converted) error {
	lost := 0
	for _, n := range made.Notes {
		word := "note"
		if n.Lost {
			word = "warning"
			lost++
		}
		tell(std.err, word, n.Position.String()+": "+n.Message, "")
	}
	carried := 0
	for _, a := range made.Assignments {
		carried += len(a.Object.Spec.Subjects)
	}
	fmt.Fprintf(std.err, "%s carried over, %s not\n", count(carried, "permission"), count(lost, "line"))
	if lost > 0 {
		return errNo
	}
	return nil
}

// manifestsOf are the objects as YAML, roles first, each under the lines that it comes from.
func manifestsOf(made permissions.Converted) ([]byte, error) {
	var text bytes.Buffer
	var errs []error
	add := func(from []permissions.Position, object any) {
		if text.Len() > 0 {
			text.WriteString("---\n")
		}
		doc, err := yaml.Marshal(object)
		errs = append(errs, err)
		fmt.Fprintf(&text, "# %s\n%s", linesOf(from), doc)
	}
	for _, r := range made.Roles {
		add(r.From, manifestOf(r.Object.TypeMeta, r.Object.ObjectMeta, r.Object.Spec))
	}
	for _, a := range made.Assignments {
		add(a.From, manifestOf(a.Object.TypeMeta, a.Object.ObjectMeta, a.Object.Spec))
	}
	return text.Bytes(), errors.Join(errs...)
}

// linesOf names lines, those of one file together: permissions.csv:3,5.
func linesOf(from []permissions.Position) string {
	var texts []string
	for i, at := range from {
		switch {
		case i > 0 && at == from[i-1]:
		case i > 0 && at.File == from[i-1].File:
			texts[len(texts)-1] += fmt.Sprintf(",%d", at.Line)
		default:
			texts = append(texts, at.String())
		}
	}
	return strings.Join(slices.Compact(texts), " ")
}

// readInput reads a file, or standard input.
func readInput(std stdio, file string) ([]byte, error) {
	if file == "-" {
		return stdlib.ReadAll(std.in)
	}
	return os.ReadFile(file)
}
