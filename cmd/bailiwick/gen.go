package main

import (
	"github.com/spf13/cobra"
)

func newGen(io stdio) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "gen",
		Short: "Write what makes kube-apiserver ask Bailiwick, and user interfaces show what it answers",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newGenAuthorization(io), newGenAdmission(io), newGenKubeconfig(io), newGenWebhooks(io), newGenRBAC(io))
	return cmd
}
