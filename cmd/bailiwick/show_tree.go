package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

func newShowTree(io stdio) *cobra.Command {
	var s show
	cmd := &cobra.Command{
		Use:   "tree -f PATH",
		Short: "Show the hierarchy of objects, and who was assigned what on each",
		Long: `Show the hierarchy of objects, and who was assigned what on each.

A role holds on the object where it stands and on everything under that. All DataCenters and clusters are shown, and of the
rest what roles are assigned on. Storage, networks and attachments to networks stand beside the clusters, under the
DataCenter: they are in no cluster, so roles on a cluster do not reach them. Nor do these reach templates and disks,
which stand under their namespace, but for the disks of virtual machines.`,
		Example: `  bailiwick show tree -f examples/ovirt/policy`,
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return showTree(io, &s) },
	}
	s.commonFlags(cmd.Flags())
	return cmd
}

func showTree(io stdio, s *show) error {
	snap, complete, err := s.read(io)
	if err != nil {
		return err
	}
	t := newTree(snap)
	for _, p := range snap.Permissions() {
		t.add(p)
	}
	t.root.sort()
	switch s.output {
	case "json":
		err = printJSON(io.out, t.root)
	case "yaml":
		err = printYAML(io.out, t.root)
	default:
		err = t.root.print(io.out, "", s.output == "wide")
	}
	if err != nil {
		return err
	}
	return finished(io, len(snap.Permissions()), complete, "RoleAssignment")
}

// node is an object of the hierarchy. One that stands under several others is one node.
type node struct {
	Object   string          `json:"object"`
	Assigned []assignmentRow `json:"assigned,omitempty"`
	Under    []*node         `json:"under,omitempty"`

	order ovirt.ObjectType
}

func (n *node) sort() {
	slices.SortFunc(n.Assigned, func(a, b assignmentRow) int {
		return cmp.Or(strings.Compare(a.Role, b.Role), strings.Compare(a.Who, b.Who), strings.Compare(a.Assignment, b.Assignment))
	})
	slices.SortFunc(n.Under, func(a, b *node) int {
		return cmp.Or(cmp.Compare(a.order, b.order), strings.Compare(a.Object, b.Object))
	})
	for _, child := range n.Under {
		child.sort()
	}
}

// print writes the object, who holds what on it, and what is under it.
func (n *node) print(out io.Writer, indent string, wide bool) error {
	if _, err := fmt.Fprintln(out, indent+n.Object); err != nil {
		return err
	}
	indent += "  "
	for _, a := range n.Assigned {
		text := fmt.Sprintf("%s- %s: %s", indent, a.Role, a.Who)
		if a.Expires != "" {
			text += ", until " + a.Expires
		}
		if wide {
			text += fmt.Sprintf(" (%s, %s)", a.Assignment, a.Source)
		}
		if _, err := fmt.Fprintln(out, text); err != nil {
			return err
		}
	}
	for _, child := range n.Under {
		if err := child.print(out, indent, wide); err != nil {
			return err
		}
	}
	return nil
}
