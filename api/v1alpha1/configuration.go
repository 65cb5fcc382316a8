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
	// Kubeconfig is a file that says how to reach the cluster that is served. Its policy is followed, and what settings
	// are checked against.
	Kubeconfig string `json:"kubeconfig,omitempty"`
	// InCluster does the same for the cluster in which the server runs as a pod.
	InCluster bool `json:"inCluster,omitempty"`
	// PolicyKubeconfig is a file that says how to reach the management cluster, when the policy stands there.
	PolicyKubeconfig string `json:"policyKubeconfig,omitempty"`
	// StateDir is where the last good policy of these clusters is kept for a start without them.
	StateDir string `json:"stateDir,omitempty"`

	// Listen is where kube-apiserver's webhooks are answered, over TLS. Default 127.0.0.1:9443.
	Listen string `json:"listen,omitempty"`
	// MetricsListen is where /metrics, /healthz and /readyz are answered. Default 127.0.0.1:9090.
	MetricsListen string `json:"metricsListen,omitempty"`
	// LeaveWebhooks leaves the registered webhooks of the cluster that is served as they are. Otherwise those that carry
	// the label bailiwick.dev/registration=reconciled are kept up to date with what the policy names.
	LeaveWebhooks bool `json:"leaveWebhooks,omitempty"`
	// Register is how kube-apiserver reaches the server: the Service NAMESPACE/NAME[:PORT] or an https URL. With it the
	// webhook configurations are made when there are none, also when they were deleted. It goes with CertSecret.
	Register string `json:"register,omitempty"`
	// RegisterGuards are the guards that Register registers. Empty: all.
	RegisterGuards []string `json:"registerGuards,omitempty"`
	// DebugPolicy answers /debug/policy there: what is wrong in the policy, with the names of tenants and objects.
	DebugPolicy bool `json:"debugPolicy,omitempty"`
	// Drain is how long the server goes on answering after it was told to stop. Default 5s.
	Drain metav1.Duration `json:"drain,omitempty"`

	// CertDir holds tls.crt and tls.key; they are read again when they change.
	CertDir string `json:"certDir,omitempty"`
	// CertSecret is a Secret, NAMESPACE/NAME, of the cluster that is served, in which all replicas keep the certificate and
	// an authority of their own. They renew both, and put the authority into the registered webhooks.
	CertSecret string `json:"certSecret,omitempty"`
	// SelfSigned serves a certificate made at start, for a laptop.
	SelfSigned bool `json:"selfSigned,omitempty"`
	// CertNames are further names and addresses under which the server is reached, for a certificate that it makes itself.
	CertNames []string `json:"certNames,omitempty"`
	// CertOut is where the self-signed CA certificate is written as ca.crt.
	CertOut string `json:"certOut,omitempty"`
	// ClientCA is a PEM file; clients have to show a certificate that it signed.
	ClientCA string `json:"clientCA,omitempty"`
	// ClientNames are common names and subject alternative names of which a client's certificate has to have one. Empty:
	// any that the client CA signed.
	ClientNames []string `json:"clientNames,omitempty"`
	// InsecureNoClientAuth lets anybody ask who reaches the port.
	InsecureNoClientAuth bool `json:"insecureNoClientAuth,omitempty"`
	// InsecureAdmission lets anybody ask the guards, and only authorization needs a certificate. kube-apiserver shows none
	// to admission webhooks unless an AdmissionConfiguration names one.
	InsecureAdmission bool `json:"insecureAdmission,omitempty"`

	// Cluster is the managed cluster that is served, KIND:NAMESPACE/NAME. Empty: the management cluster.
	Cluster string `json:"cluster,omitempty"`
	// ClusterLabels are its labels. Empty: those of its object in the policy.
	ClusterLabels map[string]string `json:"clusterLabels,omitempty"`

	// RancherCluster is the id that Rancher gives the cluster that is served, as c-m-abcdefgh or local. Bindings of
	// RoleTemplates then grant what they say there. Empty: they grant nothing.
	RancherCluster string `json:"rancherCluster,omitempty"`
	// Templates is how far they count: on (the default), shadow (RBAC decides and differences are counted) or off.
	Templates string `json:"templates,omitempty"`
	// Hierarchy is how far RoleAssignments count: off (the default), shadow (RBAC decides and differences are counted) or
	// on. Unless it is off, virtual machines and what belongs to them are followed in the cluster that is served.
	Hierarchy string `json:"hierarchy,omitempty"`

	// PlatformUsers and PlatformGroups are platform admins, beside system:masters.
	PlatformUsers  []string `json:"platformUsers,omitempty"`
	PlatformGroups []string `json:"platformGroups,omitempty"`
	// Controllers are user names of controllers to trust, beside those of Sveltos and Harvester.
	Controllers []string `json:"controllers,omitempty"`
	// AdminNamespaces hold the ServiceAccounts of tenants named by spec.admin. Default "default".
	AdminNamespaces []string `json:"adminNamespaces,omitempty"`
	// SveltosNamespace is where Sveltos runs. Default projectsveltos.
	SveltosNamespace string `json:"sveltosNamespace,omitempty"`

	// TierFloor is the lowest tier that tenants' profiles may have. Default 100, which is Sveltos' own.
	TierFloor int32 `json:"tierFloor,omitempty"`
	// AllowedURLs are what tenants' profiles may make Sveltos fetch from, as https://charts.example.com/team. Empty: every
	// place but the inside of the management cluster.
	AllowedURLs []string `json:"allowedURLs,omitempty"`
	// SharedProfiles are ClusterProfiles, by name, and Profiles, by namespace/name, on which every tenant's may depend.
	SharedProfiles []string `json:"sharedProfiles,omitempty"`

	// ProtectedNamespaces must not be deleted by accident, beside those of the platform itself.
	ProtectedNamespaces []string `json:"protectedNamespaces,omitempty"`
	// BreakGlassGroups are those whose members may delete what is protected, where even system:masters may not.
	BreakGlassGroups []string `json:"breakGlassGroups,omitempty"`

	// MaxTokenLifetime is the longest spec.expirationSeconds that a RoleRequest may have. Default 8760h, which is what
	// access-manager takes when it has none.
	MaxTokenLifetime metav1.Duration `json:"maxTokenLifetime,omitempty"`

	// PodCIDRs, ServiceCIDRs and VIPs are the networks of the cluster and the addresses that move between its nodes, for
	// the checks of settings. Empty: what the policy says of them.
	PodCIDRs     []string `json:"podCIDRs,omitempty"`
	ServiceCIDRs []string `json:"serviceCIDRs,omitempty"`
	VIPs         []string `json:"vips,omitempty"`
	// UIHosts are the DNS names by which people reach the cluster; its certificate has to name them.
	UIHosts []string `json:"uiHosts,omitempty"`
	// RegistrationHosts are the only hosts that the setting cluster-registration-url may name. Empty: any.
	RegistrationHosts []string `json:"registrationHosts,omitempty"`
	// RKE2CertLifetime is how long RKE2 issues certificates for. Empty: 365 days, RKE2's default.
	RKE2CertLifetime metav1.Duration `json:"rke2CertLifetime,omitempty"`

	// Mode says what becomes of the refusals of a guard (settings), or of one of its checks (profiles/tier): enforce (the
	// default), warn or audit.
	Mode map[string]string `json:"mode,omitempty"`
}
