package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/client-go/kubernetes"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// The statuses of a diagnosis.
const (
	statusOK    = "ok"
	statusWarn  = "warn"
	statusError = "error"
)

var doctorFormats = []string{"text", "json", "yaml"}

// diagnosis is what one check says about one thing.
type diagnosis struct {
	Status  string `json:"status"`
	Check   string `json:"check"`
	Object  string `json:"object,omitempty"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"` // what to do
}

// saying takes note of a diagnosis of the check that is made.
type saying func(status, object, message, hint string)

// doctor is one run of the command of this name.
type doctor struct {
	kubeconfig, as      string
	namespace           string
	file, authorization string
	output              string

	config *config
	setup  *setup
	api    kubernetes.Interface
	down   bool // the API server does not answer
	snap   *policy.Snapshot
	objs   *policy.Objects
	stored []storedCertificate
	hooks  []hookSeen
	found  []diagnosis
}

func newDoctor(io stdio) *cobra.Command {
	d := &doctor{}
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Examine an installation: registration, certificates, rights and configuration, and say what to do",
		Long: `Examine an installation, and say what to do. It asks the API server what is registered, connects to the server through
each registered CA bundle as kube-apiserver does, looks at the certificates, and asks which rights are missing. It changes
nothing. Run it where the server can be reached: in its pod, or on a node.

It exits with 1 when something is wrong; warnings alone do not count.`,
		Example: `  kubectl -n bailiwick-system exec deploy/bailiwick -- /bailiwick doctor --config /etc/bailiwick/config/config.yaml
  bailiwick doctor --kubeconfig admin.kubeconfig --config config.yaml --as system:serviceaccount:bailiwick-system:bailiwick
  bailiwick doctor --authorization-kubeconfig /etc/kubernetes/bailiwick/authorization.kubeconfig`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return d.run(cmd.Context(), io) },
	}
	fs := cmd.Flags()
	fs.StringVar(&d.kubeconfig, "kubeconfig", "", "`FILE` for the cluster that is served (default: as for kubectl, or the cluster of the pod)")
	fs.StringVar(&d.as, "as", "", "user whose rights are looked at: the account of the server (default: that of the kubeconfig)")
	fs.StringVarP(&d.namespace, "namespace", "n", defaultNamespace, "`NAMESPACE` in which Bailiwick runs")
	fs.StringVar(&d.file, "config", "", "configuration `FILE` of the server, kind ServerConfiguration")
	fs.StringVar(&d.authorization, "authorization-kubeconfig", "", "`FILE` with which kube-apiserver asks for authorization, on its host")
	fs.StringVarP(&d.output, "output", "o", "text", "`FORMAT`: "+strings.Join(doctorFormats, ", "))
	return cmd
}

// examinations are made in this order: later ones use what earlier ones have found.
var examinations = []struct {
	name string
	asks bool // the API server, so that it makes no sense without
	run  func(*doctor, context.Context, saying)
}{
	{"configuration", false, (*doctor).checkConfiguration},
	{"cluster", false, (*doctor).checkCluster},
	{"policy", true, (*doctor).checkPolicy},
	{"certificates", true, (*doctor).checkCertificates},
	{"registration", true, (*doctor).checkRegistration},
	{"connection", true, (*doctor).checkConnections},
	{"host", false, (*doctor).checkHost},
	{"rights", true, (*doctor).checkRights},
}

// examining bounds how long all of it may take.
const examining = time.Minute

func (d *doctor) run(ctx context.Context, io stdio) error {
	if err := checkFormat(d.output, doctorFormats); err != nil {
		return err
	}
	d.kubeconfig = asKubectl(d.kubeconfig)
	var err error
	if d.api, err = d.connect(""); err != nil {
		return broken("--kubeconfig takes a file as for kubectl", "%w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, examining)
	defer cancel()
	for _, c := range examinations {
		if c.asks && d.down {
			continue
		}
		c.run(d, ctx, func(status, object, message, hint string) {
			d.found = append(d.found, diagnosis{status, c.name, object, message, hint})
		})
	}
	if err := d.print(io.out); err != nil {
		return err
	}
	if slices.ContainsFunc(d.found, func(f diagnosis) bool { return f.Status == statusError }) {
		return errNo
	}
	return nil
}

// connect is a client that acts as a user, or as the one of the kubeconfig.
func (d *doctor) connect(as string) (kubernetes.Interface, error) {
	cfg, err := clusterConfig(d.kubeconfig)
	if err != nil {
		return nil, err
	}
	cfg.QPS, cfg.Timeout, cfg.Impersonate.UserName = -1, examining, as
	return kubernetes.NewForConfig(cfg)
}

// print writes a line for each diagnosis, or all of them as data.
func (d *doctor) print(out io.Writer) error {
	switch d.output {
	case "json":
		return printJSON(out, d.found)
	case "yaml":
		return printYAML(out, d.found)
	}
	for _, f := range d.found {
		line := f.Message
		if f.Object != "" {
			line = f.Object + ": " + line
		}
		if f.Hint != "" {
			line += "; " + f.Hint
		}
		fmt.Fprintf(out, "%-5s  %-13s  %s\n", f.Status, f.Check, line)
	}
	return nil
}
