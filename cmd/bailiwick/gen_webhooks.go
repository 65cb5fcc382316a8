package main

import (
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/yaml"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/webhook/admit"
)

// genWebhooks is one run of gen webhook-config.
type genWebhooks struct {
	output
	service string
	port    int32
	url     string
	ca      string
	guards  []string
	paths   []string
	options policy.Options
}

func newGenWebhooks(io stdio) *cobra.Command {
	var g genWebhooks
	cmd := &cobra.Command{
		Use:   "webhook-config --service NS/NAME | --url URL --ca FILE",
		Short: "Write the webhook configurations that make kube-apiserver ask the guards",
		Long: `Write the webhook configurations that make kube-apiserver ask the guards, and nothing but what they judge.

Some guards judge what a policy names. -f says which policy; without it they are told only of what any policy would
have them judge. A server that follows the cluster keeps them up to date by itself.`,
		Example: `  bailiwick gen webhook-config --service bailiwick-system/bailiwick --ca ca.crt | kubectl apply -f -
  bailiwick gen webhook-config --url https://127.0.0.1:9443 --ca ca.crt --guards settings`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("port") && g.service == "" {
				return broken("name the port in the URL", "--port goes with --service")
			}
			return g.run(io)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&g.service, "service", "", "Service `NS/NAME` through which Bailiwick is reached")
	fs.Int32Var(&g.port, "port", 443, "port of the Service")
	fs.StringVar(&g.url, "url", "", "`URL` of bailiwick serve as kube-apiserver reaches it, in place of a Service")
	fs.StringVar(&g.ca, "ca", "", "PEM `FILE` with the CA of Bailiwick's certificate (required)")
	fs.StringSliceVar(&g.guards, "guards", nil, "only these guards, `NAME,…` (default: all)")
	policyFlags(fs, &g.paths, &g.options)
	fs.Lookup("filename").Usage = "policy whose names the guards are told of: file or directory of YAML, - for standard input; repeat for several"
	g.flags(fs)
	return cmd
}

func (g *genWebhooks) run(io stdio) error {
	reached, err := g.reached()
	if err != nil {
		return err
	}
	guards, err := guardsNamed("--guards", g.guards)
	if err != nil {
		return err
	}
	snap, err := g.policy(io)
	if err != nil {
		return err
	}
	var texts []string
	for _, c := range both(admit.Configurations(guards, snap, reached)) {
		if len(c.hooks()) == 0 {
			continue // none of the guards changes anything
		}
		text, err := yaml.Marshal(c.object())
		if err != nil {
			return err
		}
		texts = append(texts, string(text))
	}
	return g.write(io, []byte(strings.Join(texts, "---\n")), openFile)
}

// policy is nil when none is named.
func (g *genWebhooks) policy(io stdio) (*policy.Snapshot, error) {
	if len(g.paths) == 0 {
		return nil, nil
	}
	snap, problems, err := compile(io, g.paths, g.options)
	if err != nil {
		return nil, err
	}
	if printProblems(io, problems) {
		return nil, broken("correct the policy and ask again", "parts of the policy are broken, so names may be missing")
	}
	return snap, nil
}

// reached is how the server is reached, and what it is to be trusted by.
func (g *genWebhooks) reached() (reach, error) {
	if (g.service == "") == (g.url == "") {
		return nil, broken("", "exactly one of --service and --url is needed")
	}
	if g.ca == "" {
		return nil, broken("add --ca FILE", "which CA signed Bailiwick's certificate: --ca is missing")
	}
	bundle, err := readBundle("--ca", g.ca)
	if err != nil {
		return nil, err
	}
	if g.service == "" {
		u, err := httpsURL("--url", g.url)
		if err != nil {
			return nil, err
		}
		return throughURL(u).trusting(bundle), nil
	}
	service, err := namespacedName("--service", g.service, validation.IsDNS1123Label)
	if err != nil {
		return nil, err
	}
	if len(validation.IsValidPortNum(int(g.port))) > 0 {
		return nil, broken("write it like 443", "--port: %d is no port", g.port)
	}
	return throughService(service, g.port).trusting(bundle), nil
}
