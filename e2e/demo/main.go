// Command demo starts a real kube-apiserver wired to Bailiwick, loads the examples, shows what a tenant can and cannot
// do there, and goes on running for whoever wants to try more.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/go-logr/logr"
	"k8s.io/client-go/rest"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/bailiwick-dev/bailiwick/e2e/controlplane"
	"github.com/bailiwick-dev/bailiwick/e2e/wired"
)

func main() {
	once := flag.Bool("once", false, "end after the show")
	binary := flag.String("bailiwick", "bin/bailiwick", "the bailiwick program")
	flag.Parse()
	ctrllog.SetLogger(logr.Discard())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Stdout, *binary, *once)
	stop()
	if err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// folder is where the kubeconfigs are put: short to type, and not in the way of git.
const folder = ".run/demo"

func run(ctx context.Context, out io.Writer, binary string, once bool) (err error) {
	assets := os.Getenv("KUBEBUILDER_ASSETS")
	if assets == "" {
		return errors.New("KUBEBUILDER_ASSETS names no folder with etcd and kube-apiserver\nhint: run make demo")
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("making %s: %w", folder, err)
	}
	log, err := os.Create(filepath.Join(folder, "bailiwick.log"))
	if err != nil {
		return fmt.Errorf("making the log: %w", err)
	}
	defer log.Close() //nolint:errcheck // lines are written whole
	system, err := wired.Start(ctx, wired.Options{
		Assets:    assets,
		Binary:    binary,
		PolicyDir: "examples/policy",
		Args:      []string{"--cluster", "SveltosCluster:gke/internal"},
		CRDs:      []controlplane.CRDSet{controlplane.Sveltos, controlplane.Harvester, controlplane.CAPI},
		Out:       out,
		Log:       log,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, system.Stop()) }()
	d := &demo{System: system, out: out}
	if err := d.prepare(ctx); err != nil {
		return err
	}
	if err := d.show(ctx); err != nil || once {
		return err
	}
	fmt.Fprint(out, invitation)
	<-ctx.Done()
	return nil
}

const invitation = `
Try more in another terminal, here:

  alias k=.run/demo/kubectl
  k --kubeconfig .run/demo/foo.kubeconfig apply -f YOUR-PROFILE.yaml      # tenant foo, on the management cluster
  k --kubeconfig .run/demo/foo-inside.kubeconfig auth can-i list pods -n foo-hr   # tenant foo, inside the managed one
  k --kubeconfig .run/demo/admin.kubeconfig get clusterprofiles           # you, the platform admin
  tail -f .run/demo/bailiwick.log

Ctrl-C stops it.
`

// demo is the running system with the kubeconfigs of its users.
type demo struct {
	*wired.System
	out io.Writer
}

// prepare makes the users, and loads what a platform admin would.
func (d *demo) prepare(ctx context.Context) error {
	link := filepath.Join(folder, "kubectl")
	_ = os.Remove(link) // of the last run
	if err := os.Symlink(d.Kubectl(), link); err != nil {
		return fmt.Errorf("linking kubectl: %w", err)
	}
	foo, err1 := d.ServiceAccountToken(ctx, "default", "foo")
	inside, err2 := d.ServiceAccountToken(ctx, "projectsveltos", "default--foo")
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	for name, cfg := range map[string]*rest.Config{"admin": d.Admin(), "foo": foo, "foo-inside": inside} {
		if err := d.Kubeconfig(cfg, filepath.Join(folder, name+".kubeconfig")); err != nil {
			return err
		}
	}
	for _, args := range []string{
		"create namespace gke", "create namespace foo-eng", "create namespace foo-hr", "create namespace bar-resource",
		"apply -f examples/policy/reservation.yaml -f examples/policy/sharing.yaml -f examples/policy/clusters.yaml",
		"create clusterrole tenants --verb=* --resource=clusterprofiles.config.projectsveltos.io",
		"create clusterrolebinding tenants --clusterrole=tenants --group=system:serviceaccounts:default",
	} {
		if out, err := d.kubectl(ctx, "admin", args); err != nil {
			return fmt.Errorf("kubectl %s: %w\n%s", args, err, out)
		}
	}
	return nil
}

// step is something that the demo shows.
type step struct {
	title, user, args string
}

var steps = []step{
	{"foo deploys to the clusters he was given: admitted", "foo", "apply -f examples/profiles/inside.yaml"},
	{"… and the profile carries his labels, though he wrote none", "foo", "get clusterprofile deploy-kyverno-inside --show-labels"},
	{"foo reaches for the clusters of somebody else: refused, with the reason", "foo", "apply -f examples/profiles/outside.yaml"},
	{"foo claims to be another tenant: refused", "foo", "apply -f examples/profiles/claimed.yaml"},
	{"a proxy setting that forgets nodes: refused, even for the administrator", "admin", "apply -f examples/settings/http-proxy-bad.yaml"},
	{"… with their networks it is stored", "admin", "apply -f examples/settings/http-proxy-good.yaml"},
	{"inside the shared cluster foo has his namespaces", "foo-inside", "get pods -n foo-eng"},
	{"… and not those of bar", "foo-inside", "get pods -n bar-resource"},
	{"may he? no, and why", "foo-inside", "auth can-i list pods -n bar-resource"},
	{"… and why he may in foo-eng", "foo-inside", "create --validate=false -o jsonpath={.status.reason} -f e2e/demo/why.yaml"},
}

func (d *demo) show(ctx context.Context) error {
	for _, s := range steps {
		fmt.Fprintf(d.out, "\n# %s\n$ kubectl --kubeconfig %s/%s.kubeconfig %s\n", s.title, folder, s.user, s.args)
		out, err := d.kubectl(ctx, s.user, s.args)
		var refused *exec.ExitError
		if err != nil && !errors.As(err, &refused) {
			return err
		}
		fmt.Fprintln(d.out, strings.TrimRight(string(out), "\n"))
	}
	return nil
}

func (d *demo) kubectl(ctx context.Context, user, args string) ([]byte, error) {
	kubeconfig := filepath.Join(folder, user+".kubeconfig")
	return exec.CommandContext(ctx, d.Kubectl(), append([]string{"--kubeconfig", kubeconfig}, strings.Fields(args)...)...).CombinedOutput()
}
