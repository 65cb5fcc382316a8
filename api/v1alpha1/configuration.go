// Package v1alpha1 declares the kinds of Bailiwick's own API, bailiwick.dev/v1alpha1.
package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// GroupVersion is the apiVersion of the kinds in this package.
const GroupVersion = "bailiwick.dev/v1alpha1"

// ServerConfiguration is the file form of the flags of `bailiwick serve`: each field is the flag of the same words.
// Every zero value works, so that a newer binary runs with an older file.
type ServerConfiguration struct {
	metav1.TypeMeta `json:",inline"`

	// PolicyDir is a directory of YAML from which the policy is read, and read again when it changes.
	PolicyDir string `json:"policyDir,omitempty"`

	// Listen is where kube-apiserver's webhooks are answered, over TLS. Default 127.0.0.1:9443.
	Listen string `json:"listen,omitempty"`
	// MetricsListen is where /metrics, /healthz and /readyz are answered. Default 127.0.0.1:9090.
	MetricsListen string `json:"metricsListen,omitempty"`
	// Drain is how long the server goes on answering after it was told to stop. Default 5s.
	Drain metav1.Duration `json:"drain,omitempty"`

	// CertDir holds tls.crt and tls.key; they are read again when they change.
	CertDir string `json:"certDir,omitempty"`
	// SelfSigned serves a certificate made at start, for a laptop.
	SelfSigned bool `json:"selfSigned,omitempty"`
	// CertOut is where the self-signed CA certificate is written as ca.crt.
	CertOut string `json:"certOut,omitempty"`
	// ClientCA is a PEM file; clients have to show a certificate that it signed.
	ClientCA string `json:"clientCA,omitempty"`
	// InsecureNoClientAuth lets anybody ask who reaches the port.
	InsecureNoClientAuth bool `json:"insecureNoClientAuth,omitempty"`

	// Cluster is the managed cluster that is served, KIND:NAMESPACE/NAME. Empty: the management cluster.
	Cluster string `json:"cluster,omitempty"`
	// ClusterLabels are its labels. Empty: those of its object in the policy.
	ClusterLabels map[string]string `json:"clusterLabels,omitempty"`

	// PlatformUsers and PlatformGroups are platform admins, beside system:masters.
	PlatformUsers  []string `json:"platformUsers,omitempty"`
	PlatformGroups []string `json:"platformGroups,omitempty"`
	// Controllers are user names of controllers to trust, beside those of Sveltos and Harvester.
	Controllers []string `json:"controllers,omitempty"`
	// AdminNamespaces hold the ServiceAccounts of tenants named by spec.admin. Default "default".
	AdminNamespaces []string `json:"adminNamespaces,omitempty"`
	// SveltosNamespace is where Sveltos runs. Default projectsveltos.
	SveltosNamespace string `json:"sveltosNamespace,omitempty"`

	// PodCIDRs and ServiceCIDRs are the networks of the cluster, for the checks of settings.
	PodCIDRs     []string `json:"podCIDRs,omitempty"`
	ServiceCIDRs []string `json:"serviceCIDRs,omitempty"`

	// Mode says what becomes of a guard's refusals: enforce (the default), warn or audit.
	Mode map[string]string `json:"mode,omitempty"`
}
