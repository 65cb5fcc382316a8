package admit

// insecureFetches refuses to tenants that Sveltos talks in the clear, or to whomever, when it fetches what they deploy:
// it shows credentials on the way, and what comes back runs in clusters that they may share with others.
func insecureFetches(w *profileWrite, object tree) []finding {
	var found []finding
	for _, path := range w.contentPaths("policyRefs[].remoteURL", "kustomizationRefs[].remoteURL", "preHealthCheckDeployment[].remoteURL",
		"helmCharts[].registryCredentialsConfig") {
		for where, item := range each(object, path) {
			fields, _ := item.(tree)
			for _, flag := range []string{"insecureSkipTLSVerify", "plainHTTP"} {
				if fields[flag] == true {
					found = append(found, finding{path: where + "." + flag, key: text(item, "url"), message: "is not for tenants: use TLS, and name its CA"})
				}
			}
		}
	}
	return found
}
