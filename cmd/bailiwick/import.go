package main

import (
	"github.com/spf13/cobra"
)

func newImport(io stdio) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "import",
		Short: "Make policy of what another system says",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newImportOvirt(io))
	return cmd
}
