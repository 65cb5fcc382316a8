package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
	"github.com/bailiwick-dev/bailiwick/policy/settings"
)

// settingsCheck is one question to settings check.
type settingsCheck struct {
	name, value string
	format      string
	paths       []string
	facts       config
}

func newSettingsCheck(io stdio) *cobra.Command {
	var c settingsCheck
	cmd := &cobra.Command{
		Use:   "check NAME VALUE",
		Short: "Check the value of a setting",
		Long: `Check the value of a setting, as the server would when it is written.

VALUE - reads standard input, without the line break at its end. What the value is checked against comes from -f: Nodes,
Settings, Namespaces, StorageClasses and what else docs/settings.md lists, as kubectl get -o yaml prints them. What is
unknown is said in a warning.
Exits with 0 when the value passes, 1 when it is refused, and 2 when the question cannot be read.`,
		Example: `  bailiwick settings check http-proxy '{"httpProxy":"http://proxy.example:3128","noProxy":"192.168.20.0/24"}' -f examples/policy
  kubectl get nodes -o yaml | bailiwick settings check http-proxy "$VALUE" -f -
  bailiwick settings check additional-ca - < ca.pem`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return broken("bailiwick settings check log-level debug", "want NAME VALUE, got %d arguments", len(args))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			c.name, c.value = args[0], args[1]
			return c.run(io)
		},
	}
	cmd.Flags().StringVarP(&c.format, "output", "o", "text", "`FORMAT`: text or json")
	cmd.Flags().StringSliceVarP(&c.paths, "filename", "f", nil, "what is known of the cluster: file or directory of YAML, - for standard input; repeat for several")
	for _, o := range factOptions {
		o.register(cmd.Flags(), &c.facts)
	}
	return cmd
}

func (c *settingsCheck) run(io stdio) error {
	if err := checkFormat(c.format, []string{"text", "json"}); err != nil {
		return err
	}
	if _, err := describe(c.name); err != nil {
		return err
	}
	if err := c.readValue(io); err != nil {
		return err
	}
	facts, incomplete, err := c.readFacts(io)
	if err != nil {
		return err
	}
	found := settings.Check(c.name, c.value, facts)
	if err := c.print(io.out, found); err != nil {
		return err
	}
	switch {
	case !found.OK():
		return errNo
	case incomplete:
		return broken("correct the files and ask again", "parts of what -f names are broken, so the answer may be wrong")
	default:
		return nil
	}
}

func (c *settingsCheck) readValue(stdin stdio) error {
	if c.value != "-" {
		return nil
	}
	if slices.Contains(c.paths, "-") {
		return broken("read one of the two from a file", "standard input cannot be both the value and -f")
	}
	data, err := io.ReadAll(stdin.in)
	if err != nil {
		return failed("", fmt.Errorf("reading standard input: %w", err))
	}
	c.value = strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	return nil
}

// readFacts learns of the cluster as the server does; incomplete says that some of it could not be read.
func (c *settingsCheck) readFacts(io stdio) (facts settings.Facts, incomplete bool, err error) {
	var s setup
	if err := checkFacts(&s, &c.facts); err != nil {
		return facts, false, err
	}
	objs, problems, err := load.Paths(io.in, c.paths...)
	if err != nil {
		return facts, false, broken("-f takes files and directories of YAML, - is standard input", "%w", err)
	}
	s.policy.Now = time.Now()
	snap, _ := policy.Compile(objs, s.policy) // other problems are not what was asked for
	return snap.SettingFacts(), printProblems(io, problems), nil
}

func (c *settingsCheck) print(out io.Writer, found settings.Result) error {
	if c.format == "json" {
		return printJSON(out, struct {
			Setting string `json:"setting"`
			OK      bool   `json:"ok"`
			settings.Result
		}{c.name, found.OK(), found})
	}
	for _, list := range []struct {
		word     string
		findings []settings.Finding
	}{{"error", found.Errors}, {"warning", found.Warnings}} {
		for _, f := range list.findings {
			path := f.Path
			if path != "" {
				path += ": "
			}
			tell(out, list.word, path+f.Message, f.Hint)
		}
	}
	verdict := "passes"
	if !found.OK() {
		verdict = "is refused"
	}
	_, err := fmt.Fprintf(out, "%s %s: %s, %s\n", c.name, verdict, count(len(found.Errors), "error"), count(len(found.Warnings), "warning"))
	return err
}
