package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/webhook/apiserver"
)

// defaultNamespace is where Bailiwick runs when nothing else is said.
const defaultNamespace = "bailiwick-system"

// Orders of the webhook and RBAC.
const (
	beforeRBAC = "before-rbac"
	afterRBAC  = "after-rbac"
)

// genAuthorization is one run of the command of this name.
type genAuthorization struct {
	apiserver.Authorization
	output
	version string
	order   string
}

func newGenAuthorization(io stdio) *cobra.Command {
	g := genAuthorization{order: beforeRBAC, Authorization: apiserver.Authorization{
		Namespace: defaultNamespace, Timeout: 3 * time.Second, AuthorizedTTL: 30 * time.Second, UnauthorizedTTL: 5 * time.Second,
	}}
	cmd := &cobra.Command{
		Use:   "authorization-config --kubernetes-version VERSION --kubeconfig PATH",
		Short: "Write an AuthorizationConfiguration: the chain of authorizers of kube-apiserver, with Bailiwick in it",
		Long: `Write an AuthorizationConfiguration: the chain of authorizers of kube-apiserver, with Bailiwick in it.

The webhook stands before RBAC, because only there can guardrails refuse what RBAC allows. With --order after-rbac it is
asked only about what RBAC does not allow, which costs fewer calls, and guardrails refuse no more than that.
Bailiwick is never asked about administrators, nodes, the control plane, itself, and Rancher when it is about to act as
a user. While it is down RBAC decides alone. How long a revoked right lasts stands in the file.`,
		Example: `  bailiwick gen authorization-config --kubernetes-version 1.37 \
    --kubeconfig /etc/kubernetes/bailiwick/authorization.kubeconfig --out /etc/kubernetes/bailiwick/authorization.yaml`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return g.run(io) },
	}
	fs := cmd.Flags()
	fs.StringVar(&g.version, "kubernetes-version", "", fmt.Sprintf("`VERSION` of kube-apiserver, %s to %s (required)", apiserver.OldestMinor, apiserver.NewestMinor))
	fs.StringVar(&g.Kubeconfig, "kubeconfig", "", "absolute `PATH`, where kube-apiserver runs, of what gen kubeconfig wrote (required)")
	fs.StringVar(&g.Namespace, "namespace", g.Namespace, "`NAMESPACE` in which Bailiwick runs: its accounts are not asked about")
	fs.StringVar(&g.order, "order", g.order, beforeRBAC+", or "+afterRBAC+" for guardrails that need not refuse what RBAC allows")
	fs.DurationVar(&g.Timeout, "timeout", g.Timeout, "how long a request waits for an answer")
	fs.DurationVar(&g.AuthorizedTTL, "authorized-ttl", g.AuthorizedTTL, "how long kube-apiserver keeps an answer that allows, and so how long a revoked right lasts; 0s: not at all")
	fs.DurationVar(&g.UnauthorizedTTL, "unauthorized-ttl", g.UnauthorizedTTL, "how long it keeps any other answer, and so how long a new right waits; 0s: not at all")
	g.flags(fs)
	return cmd
}

func (g *genAuthorization) run(io stdio) error {
	var err error
	switch {
	case g.version == "":
		return broken("add --kubernetes-version 1.37, as kubectl version says of the server", "which kube-apiserver: --kubernetes-version is missing")
	case g.Kubeconfig == "":
		return broken("add --kubeconfig /etc/kubernetes/bailiwick/authorization.kubeconfig", "how the webhook is reached: --kubeconfig is missing")
	case g.order != beforeRBAC && g.order != afterRBAC:
		return broken("orders are "+beforeRBAC+", "+afterRBAC, "--order: there is no order %q", g.order)
	}
	if g.Kubernetes, err = apiserver.ParseMinor(g.version); err != nil {
		return broken("write it like 1.37", "--kubernetes-version: %w", err)
	}
	g.AfterRBAC = g.order == afterRBAC
	text, err := g.YAML()
	if err != nil {
		return broken("see bailiwick gen authorization-config --help", "%w", err)
	}
	return g.write(io, text, openFile)
}
