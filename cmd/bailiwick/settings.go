package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/policy/settings"
)

func newSettings(io stdio) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "settings",
		Short: "Describe Harvester's settings, and check a value before a cluster gets it",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newSettingsList(io), newSettingsCheck(io))
	return cmd
}

func newSettingsList(io stdio) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "list [NAME…]",
		Short: "Show what each setting looks like and what is checked",
		Example: `  bailiwick settings list
  bailiwick settings list http-proxy -o yaml`,
		RunE: func(_ *cobra.Command, names []string) error { return settingsList(io, format, names) },
	}
	cmd.Flags().StringVarP(&format, "output", "o", "table", "`FORMAT`: "+strings.Join(showFormats, ", "))
	return cmd
}

func settingsList(io stdio, format string, names []string) error {
	if err := checkFormat(format, showFormats); err != nil {
		return err
	}
	infos := settings.List()
	if len(names) > 0 {
		infos = nil
	}
	for _, name := range names {
		info, err := describe(name)
		if err != nil {
			return err
		}
		infos = append(infos, info)
	}
	switch format {
	case "json":
		return printJSON(io.out, infos)
	case "yaml":
		return printYAML(io.out, infos)
	default:
		return printSettings(io.out, infos, format == "wide")
	}
}

// describe finds a setting by its name.
func describe(name string) (settings.Info, error) {
	info, known := settings.Describe(name)
	if !known {
		unknown := settings.Check(name, "", settings.Facts{}).Warnings[0]
		return info, broken(unknown.Hint, "setting %q is not known to this version", name)
	}
	return info, nil
}

func printSettings(out io.Writer, infos []settings.Info, wide bool) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	oneLine := strings.NewReplacer("\n", `\n`, "\t", " ")
	row := func(cells ...string) { fmt.Fprintln(w, oneLine.Replace(strings.Join(cells, "\v"))) }
	if wide {
		row("NAME", "SINCE", "FORMAT", "DEFAULT", "EXAMPLE", "CHECKS")
	} else {
		row("NAME", "SINCE", "FORMAT")
	}
	for _, i := range infos {
		if wide {
			row(i.Name, i.Since, i.Form, i.Default, i.Example, i.Doc)
		} else {
			row(i.Name, i.Since, i.Form)
		}
	}
	return w.Flush()
}
