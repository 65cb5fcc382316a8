package admit

// reference is a field of the content that names an object of the management cluster.
type reference struct {
	path string
	// kind is the only one that it can name. Empty: the field says it.
	kind string
	// own says that for a Profile Sveltos looks in its own namespace, whatever is written.
	own bool
	// any says that it can be of any group.
	any bool
}

// references are all fields that make Sveltos read something.
//
// Upstream: addon-controller api/v1beta1/spec.go, libsveltos api/v1beta1 ValidateHealth, event-manager
// api/v1beta1/eventtrigger_types.go. Which of them a Profile keeps in its namespace is said by addon-controller
// controllers/profile_controller.go, limitReferencesToNamespace.
var references = append([]reference{
	{path: "policyRefs[]", own: true},
	{path: "policyRefs[].remoteURL.secretRef", kind: "Secret", own: true},
	{path: "kustomizationRefs[]", own: true},
	{path: "kustomizationRefs[].valuesFrom[]", own: true},
	{path: "kustomizationRefs[].remoteURL.secretRef", kind: "Secret"},
	{path: "helmCharts[].valuesFrom[]"},
	{path: "helmCharts[].registryCredentialsConfig.credentials", kind: "Secret", own: true},
	{path: "helmCharts[].registryCredentialsConfig.ca", kind: "Secret", own: true},
	{path: "helmCharts[].signatureVerification.secretRef", kind: "Secret"},
	{path: "helmCharts[].provenanceVerification.keyringSecretRef", kind: "Secret"},
	{path: "patchesFrom[]"},
	{path: "templateResourceRefs[].resource", any: true},
	{path: "preHealthCheckDeployment[]"},
	{path: "preHealthCheckDeployment[].remoteURL.secretRef", kind: "Secret"},
	{path: "configMapGenerator[]", kind: "ConfigMap"},
	{path: "secretGenerator[]", kind: "Secret"},
	{path: "notifications[].notificationRef", kind: "Secret"},
}, referencesOfChecks()...)

// healthChecks are the lists of what Sveltos runs before and after it deploys or withdraws.
var healthChecks = []string{"preDeployChecks[]", "validateHealths[]", "preDeleteChecks[]", "postDeleteChecks[]", "postDelayHealthChecks[]"}

func referencesOfChecks() []reference {
	var refs []reference
	for _, list := range healthChecks {
		refs = append(refs, reference{path: list + ".jobCheck.jobRef"}, reference{path: list + ".metricSource.secretRef", kind: "Secret"})
	}
	return refs
}

// fluxSources are the kinds that a Helm repository names by its scheme: gitrepository://flux-system/charts/path.
//
// Upstream: addon-controller controllers/flux_source.go.
var fluxSources = map[string]string{
	"gitrepository": "GitRepository",
	"ocirepository": "OCIRepository",
	"bucket":        "Bucket",
}

const fluxAPIVersion = "source.toolkit.fluxcd.io/v1"
