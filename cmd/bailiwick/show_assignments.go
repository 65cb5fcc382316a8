package main

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

func newShowAssignments(io stdio) *cobra.Command {
	var s show
	cmd := &cobra.Command{
		Use:   "assignments -f PATH",
		Short: "Show who was assigned which role on what",
		Long: `Show who was assigned which role on what.

One row is one subject of a RoleAssignment that is in force. In the column CLUSTER, * is each cluster where the assignment
is loaded, and - stands where an object is in no one cluster. What somebody holds by a role on something above is not
repeated: see bailiwick show tree.`,
		Example: `  bailiwick show assignments -f examples/ovirt/policy
  bailiwick show assignments -f examples/ovirt/policy -o json`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return showAssignments(io, &s) },
	}
	s.commonFlags(cmd.Flags())
	return cmd
}

func showAssignments(io stdio, s *show) error {
	snap, complete, err := s.read(io)
	if err != nil {
		return err
	}
	rows := []assignmentRow{}
	for _, p := range snap.Permissions() {
		rows = append(rows, newAssignmentRow(p))
	}
	header := []string{"WHO", "ROLE", "ON", "CLUSTER", "EXPIRES", "SOURCE", "ASSIGNMENT", "UID"}
	if s.output == "table" {
		header = header[:6]
	}
	if err := writeRows(io, s, rows, header, assignmentRow.cells); err != nil {
		return err
	}
	return finished(io, len(rows), complete, "RoleAssignment")
}

// assignmentRow is one row of the table, and one item of the JSON.
type assignmentRow struct {
	Who        string `json:"who"`
	Role       string `json:"role"`
	On         string `json:"object"`
	Cluster    string `json:"cluster"`
	Expires    string `json:"expires,omitempty"`
	Source     string `json:"source,omitempty"`
	Assignment string `json:"assignment"`
	UID        string `json:"uid,omitempty"`
}

func newAssignmentRow(p *policy.Permission) assignmentRow {
	on := p.On
	on.Cluster = ""
	row := assignmentRow{Who: policy.SubjectText(p.Subject), Role: p.Role, On: policy.ObjectText(on), Cluster: p.On.Cluster,
		Source: p.Position.String(), Assignment: p.By.Name, UID: p.On.UID}
	kind, _ := ovirt.ObjectTypeByName(string(on.Kind))
	switch {
	case kind == ovirt.System || kind == ovirt.DataCenter:
		row.Cluster = "-"
	case row.Cluster == "":
		row.Cluster = "*"
	}
	if p.Expires != nil {
		row.Expires = p.Expires.UTC().Format(time.RFC3339)
	}
	return row
}

func (r assignmentRow) cells() []string {
	expires := r.Expires
	if expires == "" {
		expires = "never"
	}
	return []string{r.Who, r.Role, r.On, r.Cluster, expires, r.Source, r.Assignment, r.UID}
}
