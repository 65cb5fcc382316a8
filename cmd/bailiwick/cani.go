package main

import (
	"cmp"
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
	k8sauthorizer "k8s.io/apiserver/pkg/authorization/authorizer"

	"github.com/bailiwick-dev/bailiwick/authorizer"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
)

func newCanI(io stdio) *cobra.Command {
	var a ask
	cmd := &cobra.Command{
		Use:   "can-i VERB RESOURCE[.GROUP][/SUBRESOURCE] [NAME] --as USER -f PATH",
		Short: "Say whether a user may do something on a cluster, and why",
		Long: `Say whether a user may do something on a cluster, and why.

Prints yes, no or no opinion (then the cluster's own RBAC decides) and the reason.
Exits with 0 for yes, 1 otherwise, and 2 when the question or the policy cannot be read.
A yes is certain even if parts of the policy are broken: policy only ever adds.`,
		Example: `  # what the server would answer for tenant foo on one managed cluster
  bailiwick can-i list pods -n foo-eng -f examples/policy \
    --as system:serviceaccount:projectsveltos:default--foo --cluster SveltosCluster:gke/internal

  # a subresource, and a path that is no resource
  bailiwick can-i update deployments.apps/scale web -n foo-eng --as foo --cluster Cluster:default/c1 -f policy/
  bailiwick can-i get /metrics --as foo --cluster Cluster:default/c1 -f policy/`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 2 || len(args) > 3 {
				return broken("bailiwick can-i list pods -n NS --as USER --cluster KIND:NS/NAME -f DIR", "want VERB RESOURCE [NAME], got %d arguments", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return canI(cmd.Context(), io, &a, args) },
	}
	a.flags(cmd.Flags())
	return cmd
}

// canI answers with the very authorizer that the server runs.
func canI(ctx context.Context, io stdio, a *ask, args []string) error {
	attributes, err := a.attributes(args)
	if err != nil {
		return err
	}
	if err := setSelf(&a.options, a.cluster, a.labels); err != nil {
		return err
	}
	snap, problems, err := compile(io, a.paths, a.options)
	if err != nil {
		return err
	}
	errors := printProblems(io, problems)
	var holder atomic.Pointer[policy.Snapshot]
	holder.Store(snap)
	decision, reason, err := authorizer.New(&holder, authorizer.Options{}).Authorize(ctx, attributes)
	if err != nil {
		return failed("", err)
	}
	switch decision {
	case k8sauthorizer.DecisionAllow:
		_, err = fmt.Fprintf(io.out, "yes: %s\n", reason)
		return err
	case k8sauthorizer.DecisionDeny:
		_, err = fmt.Fprintf(io.out, "no: %s\n", reason)
	case k8sauthorizer.DecisionNoOpinion:
		_, err = fmt.Fprintf(io.out, "no opinion: %s\n", cmp.Or(reason, fmt.Sprintf("%q holds no grant on %s", a.user, a.options.Self)))
		tellHint(io.err, cmp.Or(snap.Elsewhere(a.user), a.templatesHint(snap)))
	}
	switch {
	case err != nil:
		return err
	case errors:
		return broken("correct the policy and ask again", "parts of the policy are broken, so the answer may be wrong")
	default:
		return errNo
	}
}

// templatesHint says what is missing for bindings of RoleTemplates to count.
func (a *ask) templatesHint(snap *policy.Snapshot) string {
	switch {
	case !snap.IsMember(policy.Subject{Name: a.user, Groups: a.groups}):
		return ""
	case a.options.RancherCluster == "":
		return "bindings of RoleTemplates name this user: say which cluster is asked with --rancher-cluster ID"
	default:
		return fmt.Sprintf("bindings of RoleTemplates name this user; none allows this on the cluster %q of Rancher", a.options.RancherCluster)
	}
}

// compile reads and compiles a policy for a command.
func compile(io stdio, paths []string, opts policy.Options) (*policy.Snapshot, []policy.Problem, error) {
	if len(paths) == 0 {
		return nil, nil, broken("add -f DIR, as -f examples/policy", "no policy: -f is missing")
	}
	if err := checkRancherID(opts.RancherCluster); err != nil {
		return nil, nil, err
	}
	objs, problems, err := load.Paths(io.in, paths...)
	if err != nil {
		return nil, nil, broken("-f takes files and directories of YAML, - is standard input", "%w", err)
	}
	if objs.Len() == 0 && len(problems) == 0 {
		return nil, nil, broken("-f takes files and directories of policy YAML", "no policy object in %v", paths)
	}
	opts.Now = time.Now()
	snap, more := policy.Compile(objs, opts)
	return snap, append(problems, more...), nil
}
