package admit

import (
	"fmt"
	"net/url"
	"strings"
)

// foreignURLs keeps tenants from sending Sveltos anywhere. It fetches what a profile names from inside the management
// cluster, where it reaches what tenants do not: Services without a login, the credentials that a cloud gives its
// machines (addon-controller controllers/url_source.go and handlers_helm.go; metricSource in libsveltos).
//
// With allowed URLs (--allowed-urls) it has to be below one of them. Without, it may be anywhere but inside: see inside.
// A template is judged by what stands before it, which has to hold the whole host.
func foreignURLs(w *profileWrite, object tree) []finding {
	fields := []string{"policyRefs[].remoteURL.url", "kustomizationRefs[].remoteURL.url", "preHealthCheckDeployment[].remoteURL.url", "helmCharts[].repositoryURL"}
	for _, list := range healthChecks {
		fields = append(fields, list+".metricSource.url")
	}
	var found []finding
	for _, path := range w.contentPaths(fields...) {
		for where, text := range texts(object, path) {
			if message := wrongURL(text, w.Snapshot.Limits().AllowedURLs); message != "" {
				found = append(found, finding{path: where, key: text + message, message: message})
			}
		}
	}
	return found
}

// wrongURL says what a tenant may not do with a URL. The names of flux sources are references, not URLs.
func wrongURL(text string, allowed []string) string {
	if text == "" || fluxReference(text).kind != "" {
		return ""
	}
	fixed, _, open := strings.Cut(text, "{{")
	u, err := url.Parse(fixed)
	switch {
	case err != nil || u.Scheme == "" || u.Host == "":
		return fmt.Sprintf("%q does not say where it leads", text)
	case open && u.Path == "":
		return fmt.Sprintf("%q is a template, which could come to lead anywhere", text)
	case len(allowed) == 0 && inside(u.Hostname()):
		return fmt.Sprintf("%q leads inside the management cluster", text)
	case len(allowed) == 0 || below(u, open, allowed):
		return ""
	}
	return fmt.Sprintf("%q is not below %s", text, strings.Join(allowed, " or "))
}

// below compares URLs part by part: a prefix of the text would take example.com.evil.org for example.com.
func below(u *url.URL, open bool, allowed []string) bool {
	if u.User != nil || strings.Contains(u.Path, "..") {
		return false
	}
	for _, text := range allowed {
		a, err := url.Parse(text)
		if err != nil || a.Scheme != u.Scheme || !strings.EqualFold(a.Host, u.Host) {
			continue
		}
		base := strings.TrimSuffix(a.Path, "/")
		if base == "" || !open && (u.Path == base || strings.HasPrefix(u.Path, base+"/")) {
			return true
		}
	}
	return false
}
