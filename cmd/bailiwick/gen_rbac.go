package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
	"github.com/bailiwick-dev/bailiwick/policy/render"
)

// genRBAC is one run of the command of this name.
type genRBAC struct {
	output
	paths     []string
	options   policy.Options
	cluster   string
	labels    map[string]string
	format    string
	pruneFrom string
}

var rbacFormats = []string{"yaml", "json"}

func newGenRBAC(io stdio) *cobra.Command {
	var g genRBAC
	cmd := &cobra.Command{
		Use:   "rbac --cluster KIND:NS/NAME --rancher-cluster ID -f PATH",
		Short: "Write what a policy grants on a cluster as ClusterRoles and bindings, for user interfaces",
		Long: `Write what a policy grants on a cluster as ClusterRoles and bindings.

The user interfaces of Rancher and Harvester read RBAC objects to know what somebody may do. They see in these what
Bailiwick answers to kube-apiserver. The objects never allow more than the policy: what RBAC has no words for is left out
or spelled out, and told on standard error and in the comment above. All carry the label bailiwick.dev/rendered.
RBAC grants what they say until they are deleted: write and prune them whenever the policy changes.

With --prune-from it writes, instead, those objects of a listing that the policy does not give any more.
Nothing is written while parts of the policy are broken: applied, that would take away what they grant.`,
		Example: `  bailiwick gen rbac --rancher-cluster c-m-abcdefgh -f policy/ | kubectl apply --server-side -f -

  # and then, to take away what was granted once
  kubectl get clusterroles,clusterrolebindings,rolebindings -A -l bailiwick.dev/rendered -o yaml |
    bailiwick gen rbac --rancher-cluster c-m-abcdefgh -f policy/ --prune-from - | kubectl delete --ignore-not-found -f -`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return g.run(io) },
	}
	fs := cmd.Flags()
	clusterFlags(fs, &g.cluster, &g.labels, "cluster to write for, `KIND:NS/NAME`, as SveltosCluster:gke/production")
	policyFlags(fs, &g.paths, &g.options)
	fs.StringVarP(&g.format, "output", "o", rbacFormats[0], "`FORMAT`: "+strings.Join(rbacFormats, ", "))
	fs.StringVar(&g.pruneFrom, "prune-from", "", "`FILE` with the live objects, - for standard input: write those of them that are to be deleted")
	g.flags(fs)
	return cmd
}

func (g *genRBAC) run(io stdio) error {
	if err := g.check(); err != nil {
		return err
	}
	snap, problems, err := compile(io, g.paths, g.options)
	if err != nil {
		return err
	}
	if printProblems(io, problems) {
		return broken("correct the policy first: what it grants would be taken away otherwise", "parts of the policy are broken, so nothing is written")
	}
	rbac := render.Render(g.name(), snap.Grants())
	if g.pruneFrom == "" {
		tellNotes(io, rbac.Notes)
		return writeList(g, io, header(rbac), rbac.Objects)
	}
	live, problems, err := load.Paths(io.in, g.pruneFrom)
	if err != nil {
		return broken("--prune-from takes what kubectl get -o yaml prints, - is standard input", "%w", err)
	}
	if printProblems(io, problems) {
		return broken("--prune-from takes what kubectl get -o yaml prints", "parts of %s cannot be read", g.pruneFrom)
	}
	return writeList(g, io, "", rbac.Vanished(live))
}

// check reads the flags.
func (g *genRBAC) check() error {
	if err := checkFormat(g.format, rbacFormats); err != nil {
		return err
	}
	switch {
	case g.cluster == "" && g.options.RancherCluster == "":
		return broken("add --cluster KIND:NS/NAME for what Sveltos' tenants hold there, --rancher-cluster ID for Rancher's users", "which cluster: neither --cluster nor --rancher-cluster is given")
	case g.pruneFrom == "-" && slices.Contains(g.paths, "-"):
		return broken("write one of them into a file", "-f and --prune-from both read standard input")
	}
	return setSelf(&g.options, g.cluster, g.labels)
}

// name is the cluster as the label of the objects tells it.
func (g *genRBAC) name() string {
	if g.cluster != "" {
		return g.cluster
	}
	return g.options.RancherCluster
}
