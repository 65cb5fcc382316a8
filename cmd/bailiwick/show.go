package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bailiwick-dev/bailiwick/policy"
)

func newShow(io stdio) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Show who holds what by a policy",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newShowAdminRBAC(io), newShowBailiwicks(io), newShowRoles(io), newShowAssignments(io), newShowTree(io))
	return cmd
}

// show is what the commands that list something have in common.
type show struct {
	paths   []string
	options policy.Options
	output  string
	cluster string
	admin   string
}

// flags are those of the commands about tenants.
func (s *show) flags(fs *pflag.FlagSet) {
	s.commonFlags(fs)
	fs.StringVar(&s.cluster, "cluster", "", "only this cluster, `KIND:NS/NAME`, as SveltosCluster:gke/production")
	fs.StringVar(&s.admin, "admin", "", "only this admin, `[NS/]NAME`, as default/foo")
}

func (s *show) commonFlags(fs *pflag.FlagSet) {
	policyFlags(fs, &s.paths, &s.options)
	fs.StringVarP(&s.output, "output", "o", "table", "`FORMAT`: "+strings.Join(showFormats, ", "))
}

var showFormats = []string{"table", "wide", "json", "yaml"}

// read compiles the policy. What is wrong in it is told, and does not keep the rest from being shown.
func (s *show) read(io stdio) (snap *policy.Snapshot, complete bool, err error) {
	if err := checkFormat(s.output, showFormats); err != nil {
		return nil, false, err
	}
	if s.cluster != "" {
		if _, err := policy.ParseClusterRef(s.cluster); err != nil {
			return nil, false, broken("", "%w", err)
		}
	}
	snap, problems, err := compile(io, s.paths, s.options)
	if err != nil {
		return nil, false, err
	}
	return snap, !printProblems(io, problems), nil
}

// wanted says whether a row is one of those that were asked for.
func (s *show) wanted(cluster policy.ClusterRef, admin string) bool {
	_, name, _ := strings.Cut(admin, "/")
	return (s.cluster == "" || s.cluster == cluster.String()) && (s.admin == "" || s.admin == admin || s.admin == name)
}

// writeRows writes rows in the format that was asked for. The rows of JSON and YAML are those of the wide table, and whole.
func writeRows[T any](io stdio, s *show, rows []T, header []string, cells func(T) []string) error {
	switch s.output {
	case "json":
		return printJSON(io.out, rows)
	case "yaml":
		return printYAML(io.out, rows)
	}
	table := make([][]string, len(rows))
	for i, row := range rows {
		table[i] = cells(row)[:len(header)]
	}
	return writeTable(io.out, header, table)
}

// finished ends a command that has shown what there is by objects of a kind.
func finished(io stdio, rows int, complete bool, kind string) error {
	switch {
	case !complete:
		return broken("correct the policy and ask again", "parts of the policy are broken, so rows may be missing")
	case rows == 0:
		fmt.Fprintf(io.err, "nothing found: no %s of the policy gives anything like this\n", kind)
	}
	return nil
}

// marked is the name of a cluster, with a mark when the grants on it are left over.
func marked(cluster, stale string) string {
	if stale != "" {
		return cluster + " (stale)"
	}
	return cluster
}

// tellStale says why what is shown on a cluster should not be there any more.
func tellStale(io stdio, cluster policy.ClusterRef, admin, request, why string) {
	tell(io.err, "warning", fmt.Sprintf("%s: %s no longer gives it to %s (%s), but the roles that Sveltos put there remain", cluster, request, admin, why),
		"delete the RoleRequest, or let it give the cluster again")
}
