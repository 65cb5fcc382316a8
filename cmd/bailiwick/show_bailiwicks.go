package main

import (
	"strings"

	"github.com/spf13/cobra"
)

func newShowBailiwicks(io stdio) *cobra.Command {
	var s show
	cmd := &cobra.Command{
		Use:   "bailiwicks -f PATH",
		Short: "Show which clusters each tenant admin holds",
		Long: `Show which clusters each tenant admin holds, and by which RoleRequests.

An admin to whom no RoleRequest gives any cluster stands there with <none>. A cluster marked (stale) is one that the
RoleRequest does not give any more, but where its status says that the roles still are.`,
		Example: `  bailiwick show bailiwicks -f examples/policy`,
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return showBailiwicks(io, &s) },
	}
	s.flags(cmd.Flags())
	return cmd
}

func showBailiwicks(io stdio, s *show) error {
	snap, complete, err := s.read(io)
	if err != nil {
		return err
	}
	rows := []bailiwickRow{}
	for _, b := range snap.Bailiwicks() {
		if !s.wanted(b.Cluster, b.Admin) {
			continue
		}
		row := bailiwickRow{Admin: b.Admin, Stale: b.Stale}
		if b.Cluster.Name != "" {
			row.Cluster = b.Cluster.String()
		}
		for _, request := range b.Requests {
			row.RoleRequests = append(row.RoleRequests, request.Name)
			if b.Stale != "" {
				tellStale(io, b.Cluster, b.Admin, request.String(), b.Stale)
			}
		}
		rows = append(rows, row)
	}
	if err := writeRows(io, s, rows, []string{"ADMIN", "CLUSTER", "ROLEREQUESTS"}, bailiwickRow.cells); err != nil {
		return err
	}
	return finished(io, len(rows), complete, "RoleRequest")
}

// bailiwickRow is one row of the table, and one item of the JSON.
type bailiwickRow struct {
	Admin        string   `json:"admin"`
	Cluster      string   `json:"cluster,omitempty"`
	RoleRequests []string `json:"roleRequests"`
	Stale        string   `json:"stale,omitempty"` // why the RoleRequests do not give the cluster any more
}

func (r bailiwickRow) cells() []string {
	cluster := r.Cluster
	if cluster == "" {
		cluster = "<none>"
	}
	return []string{r.Admin, marked(cluster, r.Stale), strings.Join(r.RoleRequests, ",")}
}
