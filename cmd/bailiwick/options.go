package main

import (
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/spf13/pflag"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/bailiwick-dev/bailiwick/api/v1alpha1"
)

// serveOptions are the flags of serve. Each is a field of the configuration file, under the same words.
var serveOptions = slices.Concat([]option{
	field("policy-dir", "`DIR` of YAML that holds the policy; read again when it changes", func(c *config) *string { return &c.PolicyDir }),
	field("kubeconfig", "`FILE` for the cluster that is served: its policy and what settings are checked against are followed", func(c *config) *string { return &c.Kubeconfig }),
	field("in-cluster", "what --kubeconfig does, for the cluster in which this runs as a pod", func(c *config) *bool { return &c.InCluster }),
	field("policy-kubeconfig", "`FILE` for the management cluster, when the policy stands there and not in the cluster that is served", func(c *config) *string { return &c.PolicyKubeconfig }),
	field("state-dir", "`DIR` where the last good policy of the clusters is kept for a start without them", func(c *config) *string { return &c.StateDir }),
	field("listen", "`ADDRESS` for kube-apiserver's webhooks, over TLS", func(c *config) *string { return &c.Listen }),
	field("metrics-listen", "`ADDRESS` for /metrics, /healthz and /readyz", func(c *config) *string { return &c.MetricsListen }),
	field("leave-webhooks", "do not keep the registered webhooks of the cluster that is served up to date with the policy", func(c *config) *bool { return &c.LeaveWebhooks }),
	field("register", "make the webhook configurations when there are none: kube-apiserver reaches the server through the Service `NS/NAME[:PORT]`, or an https URL", func(c *config) *string { return &c.Register }),
	field("register-guards", "the guards that --register registers, `NAME,…` (default: all)", func(c *config) *[]string { return &c.RegisterGuards }),
	field("debug-policy", "answer /debug/policy beside the metrics: what is wrong in the policy, with the names of tenants and objects", func(c *config) *bool { return &c.DebugPolicy }),
	field("drain", "how long to go on answering after a signal to stop, once /readyz has failed", func(c *config) *metav1.Duration { return &c.Drain }),
	field("cert-dir", "`DIR` with tls.crt and tls.key; read again when they change", func(c *config) *string { return &c.CertDir }),
	field("cert-secret", "the Secret `NS/NAME` of the cluster that is served, where all replicas keep a certificate and its CA; they renew both", func(c *config) *string { return &c.CertSecret }),
	field("self-signed", "serve a certificate made at start, for a laptop", func(c *config) *bool { return &c.SelfSigned }),
	field("cert-out", "`DIR` where --self-signed writes its CA as ca.crt", func(c *config) *string { return &c.CertOut }),
	field("cert-names", "further names and addresses by which the server is reached, `NAME,…`, for --cert-secret and --self-signed", func(c *config) *[]string { return &c.CertNames }),
	field("client-ca", "PEM `FILE`; clients have to show a certificate that it signed; read again when it changes", func(c *config) *string { return &c.ClientCA }),
	field("client-names", "names of which a client's certificate has to have one, `NAME,…` (default: any)", func(c *config) *[]string { return &c.ClientNames }),
	field("insecure-admission", "let anybody ask the guards who reaches the port, so that --client-ca is only for authorization", func(c *config) *bool { return &c.InsecureAdmission }),
	field("insecure-no-client-auth", "let anybody ask who reaches the port", func(c *config) *bool { return &c.InsecureNoClientAuth }),
	field("cluster", "the managed cluster that is served, `KIND:NS/NAME`, as SveltosCluster:gke/production (default: the management cluster)", func(c *config) *string { return &c.Cluster }),
	field("cluster-labels", "its labels, `k=v,…` (default: those of its object in the policy)", func(c *config) *map[string]string { return &c.ClusterLabels }),
	field("platform-users", "platform admins, by user name", func(c *config) *[]string { return &c.PlatformUsers }),
	field("platform-groups", "platform admins, by group, beside system:masters", func(c *config) *[]string { return &c.PlatformGroups }),
	field("controllers", "user names of controllers to trust, beside those of Sveltos and Harvester", func(c *config) *[]string { return &c.Controllers }),
	field("admin-namespaces", "namespaces of the ServiceAccounts of tenants named by spec.admin (default: default)", func(c *config) *[]string { return &c.AdminNamespaces }),
	field("sveltos-namespace", "namespace of Sveltos (default: projectsveltos)", func(c *config) *string { return &c.SveltosNamespace }),
	field("mode", "what becomes of the refusals of a guard, or of one of its checks, `guard[/check]=enforce|warn|audit,…` (default: enforce)", func(c *config) *map[string]string { return &c.Mode }),
}, rancherOptions, rolloutOptions, limitOptions, factOptions)

// factOptions tell of the cluster what settings are checked against, where the policy does not.
var factOptions = []option{
	field("pod-cidrs", "pod networks of the cluster, `CIDR,…`, for the checks of settings", func(c *config) *[]string { return &c.PodCIDRs }),
	field("service-cidrs", "service networks of the cluster, `CIDR,…`, for the checks of settings", func(c *config) *[]string { return &c.ServiceCIDRs }),
	field("vips", "addresses of the cluster that move between nodes, `IP,…`, for the checks of settings", func(c *config) *[]string { return &c.VIPs }),
	field("ui-hosts", "DNS names by which people reach the cluster, `HOST,…`, for the checks of its certificate", func(c *config) *[]string { return &c.UIHosts }),
	field("registration-hosts", "the only hosts that the setting cluster-registration-url may name, `HOST,…` (default: any)", func(c *config) *[]string { return &c.RegistrationHosts }),
	field("rke2-cert-lifetime", "how long RKE2 issues certificates for (default: 8760h, RKE2's own)", func(c *config) *metav1.Duration { return &c.RKE2CertLifetime }),
}

type config = v1alpha1.ServerConfiguration

func defaultConfig() config {
	return config{Listen: "127.0.0.1:9443", MetricsListen: "127.0.0.1:9090", Drain: metav1.Duration{Duration: 5 * time.Second}}
}

// option is one field of the configuration as a flag.
type option struct {
	name     string
	register func(*pflag.FlagSet, *config)
	copy     func(to, from *config)
}

func field[T any](name, usage string, at func(*config) *T) option {
	return option{
		name:     name,
		register: func(fs *pflag.FlagSet, c *config) { bind(fs, name, usage, at(c)) },
		copy:     func(to, from *config) { *at(to) = *at(from) },
	}
}

func bind(fs *pflag.FlagSet, name, usage string, at any) {
	switch p := at.(type) {
	case *string:
		fs.StringVar(p, name, *p, usage)
	case *int32:
		fs.Int32Var(p, name, *p, usage)
	case *bool:
		fs.BoolVar(p, name, *p, usage)
	case *[]string:
		fs.StringSliceVar(p, name, *p, usage)
	case *map[string]string:
		fs.StringToStringVar(p, name, *p, usage)
		fs.Lookup(name).DefValue = "" // else the help says "default []"
	case *metav1.Duration:
		fs.DurationVar(&p.Duration, name, p.Duration, usage)
	default:
		panic(fmt.Sprintf("option %s: no flag for a %T", name, at))
	}
}

// readConfig is the configuration file, if any, with the flags that were given over it.
func readConfig(file string, fs *pflag.FlagSet, flags *config) (*config, error) {
	if file == "" {
		return flags, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, broken("", "reading the configuration: %w", err)
	}
	c := defaultConfig()
	if err := yaml.UnmarshalStrict(data, &c); err != nil {
		return nil, broken("its fields are the flags of bailiwick serve, written like policyDir", "reading the configuration %s: %w", file, err)
	}
	if c.APIVersion != v1alpha1.GroupVersion || c.Kind != "ServerConfiguration" {
		return nil, broken("start the file with apiVersion: "+v1alpha1.GroupVersion+" and kind: ServerConfiguration",
			"configuration %s is %q of %q", file, c.Kind, c.APIVersion)
	}
	for _, o := range serveOptions {
		if fs.Changed(o.name) {
			o.copy(&c, flags)
		}
	}
	return &c, nil
}
