package main

import (
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/load"
)

// lint is one run of the command of this name.
type lint struct {
	format string
	paths  []string // what is judged
	policy []string // what it is judged by
	who    policy.Subject
	config config
}

func newLint(io stdio) *cobra.Command {
	var l lint
	cmd := &cobra.Command{
		Use:   "lint -f PATH [--policy PATH] [--as USER]",
		Short: "Judge policy, Harvester Settings and what a user would create, in files, before a cluster gets them",
		Long: `Judge policy, Harvester Settings and what a user would create, in files, before a cluster gets them.

Says what cannot be read, what is wrong in the policy, and which Settings would be refused or warned of, with file and
line; and what locks a cluster in anybody's AuthorizationConfiguration and webhook configurations. With --as, the guards
also judge each object as if that user created it. --policy names what else there is: the policy in force, and what is
known of the cluster; an object of -f takes the place of the one with its name.
Exits with 0 when there is no error, 1 when there is, and 2 when the question or a file cannot be read.`,
		Example: `  bailiwick lint -f examples/settings/http-proxy-good.yaml --policy examples/policy
  bailiwick lint -f examples/profiles --policy examples/policy --as system:serviceaccount:default:foo
  bailiwick lint -f policy/ -o sarif`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return l.run(io) },
	}
	fs := cmd.Flags()
	fs.StringVarP(&l.format, "output", "o", "text", "`FORMAT`: "+strings.Join(lintFormats, ", "))
	fs.StringSliceVarP(&l.paths, "filename", "f", nil, "file or directory of YAML to judge, - for standard input; repeat for several (required)")
	fs.StringSliceVar(&l.policy, "policy", nil, "file or directory of YAML to judge it by; repeat for several")
	fs.StringVar(&l.who.Name, "as", "", "user who would create the objects")
	fs.StringSliceVar(&l.who.Groups, "as-group", nil, "group of the user; repeat for several")
	for _, o := range slices.Concat(named(serveOptions, "admin-namespaces", "controllers", "platform-groups", "platform-users", "sveltos-namespace"), limitOptions, factOptions) {
		o.register(fs, &l.config)
	}
	return cmd
}

// named picks options by their names.
func named(options []option, names ...string) []option {
	return slices.DeleteFunc(slices.Clone(options), func(o option) bool { return !slices.Contains(names, o.name) })
}

func (l *lint) run(io stdio) error {
	opts, err := l.check()
	if err != nil {
		return err
	}
	read, err := l.read(io)
	if err != nil {
		return err
	}
	found := append(read.judge(opts), read.ofAPIServer(opts.Now)...)
	found = append(found, byPolicy(read.unread)...)
	if l.who.Name != "" {
		found = append(found, read.asUser(l.who)...)
	}
	sortFindings(found)
	if err := l.print(io.out, read, found); err != nil {
		return err
	}
	switch {
	case slices.ContainsFunc(read.unread, isError):
		return broken("correct the files and ask again", "parts of what -f names are broken")
	case read.doubtful:
		return broken("correct the policy and ask again", "parts of what --policy names are broken, so what was found may be wrong")
	case slices.ContainsFunc(found, func(f finding) bool { return isError(f.Problem) }):
		return errNo
	}
	return nil
}

func isError(p policy.Problem) bool { return p.Severity == policy.Error }

// check reads the question.
func (l *lint) check() (policy.Options, error) {
	s := setup{policy: identities(&l.config)}
	s.policy.Now = time.Now()
	switch {
	case len(l.paths) == 0:
		return s.policy, broken("add -f PATH, as -f examples/settings", "nothing to judge: -f is missing")
	case l.who.Name == "" && len(l.who.Groups) > 0:
		return s.policy, broken("add --as USER", "--as-group without --as")
	}
	if err := checkFormat(l.format, lintFormats); err != nil {
		return s.policy, err
	}
	if err := checkLimits(&s, &l.config); err != nil {
		return s.policy, err
	}
	return s.policy, checkFacts(&s, &l.config)
}

// read reads what is judged and what it is judged by. Standard input is read once and stands for one of the two.
func (l *lint) read(std stdio) (*linted, error) {
	stdin := ""
	if slices.Contains(l.paths, "-") || slices.Contains(l.policy, "-") {
		text, err := io.ReadAll(std.in)
		if err != nil {
			return nil, failed("", err)
		}
		stdin = string(text)
	}
	read := &linted{}
	var err error
	if read.objects, read.unread, err = load.Paths(strings.NewReader(stdin), l.paths...); err != nil {
		return nil, broken("-f takes files and directories of YAML, - is standard input", "%w", err)
	}
	for at, raw := range load.Documents(strings.NewReader(stdin), l.paths...) {
		read.documents = append(read.documents, document{at, raw})
	}
	var problems []policy.Problem
	if read.policy, problems, err = load.Paths(strings.NewReader(stdin), l.policy...); err != nil {
		return nil, broken("--policy takes files and directories of YAML", "%w", err)
	}
	read.doubtful = printProblems(std, problems)
	return read, nil
}
