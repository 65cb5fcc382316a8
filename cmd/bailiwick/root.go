package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/policy"
)

const (
	exitYes    = 0
	exitNo     = 1
	exitBroken = 2
)

// failure is an error with what to do about it, and the exit code that it leads to.
type failure struct {
	err  error
	hint string
	code int
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// broken is wrong usage or input that cannot be read: exit code 2.
func broken(hint, format string, args ...any) error {
	return &failure{err: fmt.Errorf(format, args...), hint: hint, code: exitBroken}
}

// failed is a run that could not go on: exit code 1.
func failed(hint string, err error) error { return &failure{err: err, hint: hint, code: exitNo} }

// errNo ends a command whose answer, already printed, is not "yes".
var errNo = errors.New("no")

// run executes one command line and returns the exit code.
func run(args []string, io stdio) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// After the first signal the default is back: a second one ends the process at once.
	context.AfterFunc(ctx, stop)

	root := newRoot(io)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var f *failure
	switch {
	case err == nil:
		return exitYes
	case errors.Is(err, errNo):
		return exitNo
	case !errors.As(err, &f):
		// Everything that the command line parser refuses.
		f = &failure{err: err, hint: "see bailiwick --help", code: exitBroken}
	}
	tell(io.err, "error", f.err, f.hint)
	return f.code
}

func newRoot(io stdio) *cobra.Command {
	root := &cobra.Command{
		Use:   commandName(),
		Short: "Decides who may do what on a fleet of Kubernetes clusters, and explains it",
		Long: `Bailiwick answers kube-apiserver's authorization and admission webhooks from one compiled
policy (Sveltos RoleRequests, Rancher's and oVirt's roles, Harvester Settings, …), and the
questions of people about it.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(io.in)
	root.SetOut(io.out)
	root.SetErr(io.err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return broken("see "+cmd.CommandPath()+" --help", "%w", err)
	})
	root.AddCommand(newServe(io), newCanI(io), newShow(io), newLint(io), newSettings(io), newGen(io), newImport(io), newDoctor(io), newUnregister(io), newVersion(io))
	return root
}

// commandName is how the user called us: kubectl finds plugins by their file name.
func commandName() string {
	if strings.HasPrefix(filepath.Base(os.Args[0]), "kubectl-") {
		return "kubectl bailiwick"
	}
	return "bailiwick"
}

// printProblems lists what is wrong in the policy and says whether any of it is an error.
func printProblems(io stdio, problems []policy.Problem) (errors bool) {
	for _, p := range problems {
		tell(io.err, string(p.Severity), p, p.Hint)
		errors = errors || p.Severity == policy.Error
	}
	return errors
}
