package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/policy"
)

func newShowAdminRBAC(io stdio) *cobra.Command {
	var s show
	cmd := &cobra.Command{
		Use:   "admin-rbac -f PATH",
		Short: "Show which rules each tenant admin holds on which cluster",
		Long: `Show which rules each tenant admin holds on which cluster.

One row is one rule of a Role or ClusterRole that a RoleRequest gives. In the columns, * is everything, "" the core API
group, and - what a rule on paths does not have. A cluster marked (stale) is one that the RoleRequest does not give any
more, but where its status says that the roles still are.`,
		Example: `  bailiwick show admin-rbac -f examples/policy
  bailiwick show admin-rbac -f examples/policy --cluster SveltosCluster:gke/internal --admin default/foo -o json`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return showAdminRBAC(io, &s) },
	}
	s.flags(cmd.Flags())
	return cmd
}

func showAdminRBAC(io stdio, s *show) error {
	snap, complete, err := s.read(io)
	if err != nil {
		return err
	}
	rows := []adminRow{}
	told := map[[2]string]bool{}
	for _, r := range snap.AdminRBAC() {
		if !s.wanted(r.Cluster, r.Admin) {
			continue
		}
		if about := [2]string{r.Cluster.String(), r.Request.Name}; r.Stale != "" && !told[about] {
			told[about] = true
			tellStale(io, r.Cluster, r.Admin, r.Request.String(), r.Stale)
		}
		rows = append(rows, newAdminRow(r))
	}
	header := []string{"CLUSTER", "ADMIN", "NAMESPACE", "API GROUPS", "RESOURCES", "RESOURCE NAMES", "VERBS"}
	if s.output == "wide" {
		header = append(header, "ROLEREQUEST", "SOURCE")
	}
	if err := writeRows(io, s, rows, header, adminRow.cells); err != nil {
		return err
	}
	return finished(io, len(rows), complete, "RoleRequest")
}

// adminRow is one row of the table, and one item of the JSON.
type adminRow struct {
	Cluster         string   `json:"cluster"`
	Admin           string   `json:"admin"`
	Namespace       string   `json:"namespace"` // "*" is all of the cluster
	APIGroups       []string `json:"apiGroups,omitempty"`
	Resources       []string `json:"resources,omitempty"`
	ResourceNames   []string `json:"resourceNames,omitempty"` // none is all
	NonResourceURLs []string `json:"nonResourceURLs,omitempty"`
	Verbs           []string `json:"verbs"`
	RoleRequest     string   `json:"roleRequest"`
	Role            string   `json:"role,omitempty"`
	Source          string   `json:"source,omitempty"`
	Stale           string   `json:"stale,omitempty"` // why the RoleRequest does not give the cluster any more
}

func newAdminRow(r policy.AdminRule) adminRow {
	row := adminRow{Cluster: r.Cluster.String(), Admin: r.Admin, Namespace: r.Namespace, RoleRequest: r.Request.Name, Stale: r.Stale,
		APIGroups: r.Rule.APIGroups, Resources: r.Rule.Resources, ResourceNames: r.Rule.ResourceNames,
		NonResourceURLs: r.Rule.NonResourceURLs, Verbs: r.Rule.Verbs}
	if row.Namespace == "" {
		row.Namespace = "*"
	}
	if r.Origin != nil {
		row.Role, row.Source = r.Origin.Role.String(), r.Origin.Source.String()
	}
	return row
}

func (r adminRow) cells() []string {
	cells := []string{marked(r.Cluster, r.Stale), r.Admin, r.Namespace}
	switch {
	case len(r.Verbs) == 0:
		cells[2] = "?" // a stale rule that cannot be read any more
		cells = append(cells, "?", "?", "?", "?")
	case len(r.NonResourceURLs) > 0:
		cells = append(cells, "-", words(r.NonResourceURLs), "-", words(r.Verbs))
	default:
		cells = append(cells, words(r.APIGroups), words(r.Resources), words(r.ResourceNames), words(r.Verbs))
	}
	return append(cells, r.RoleRequest, r.Source)
}

// words joins a list of a rule; no list stands for everything, and the name of the core API group is empty.
func words(list []string) string {
	if len(list) == 0 {
		return "*"
	}
	shown := make([]string, len(list))
	for i, word := range list {
		shown[i] = word
		if word == "" {
			shown[i] = `""`
		}
	}
	return strings.Join(shown, ",")
}
