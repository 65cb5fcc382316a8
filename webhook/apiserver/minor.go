package apiserver

import (
	"fmt"
	"regexp"
	"strconv"
)

// Minor is a minor version of Kubernetes: 37 is 1.37.
type Minor int

// The versions that are known, and which of them brought what their configuration depends on.
// Upstream: k8s.io/apiserver pkg/apis/apiserver (types) and pkg/features (gates), each minor version of it.
const (
	OldestMinor Minor = 30 // the first that reads an AuthorizationConfiguration without a feature gate
	NewestMinor Minor = 37

	stableMinor        Minor = 32 // apiserver.config.k8s.io/v1
	selectorsMinor     Minor = 32 // label and field selectors of a request are told to webhooks
	cacheSwitchMinor   Minor = 34 // cacheAuthorizedRequests and cacheUnauthorizedRequests
	impersonationMinor Minor = 36 // impersonation asks for verbs of its own: impersonate-on:…
)

var minorForm = regexp.MustCompile(`^v?1\.([0-9]{1,3})([.+-].*)?$`)

// ParseMinor reads a version as people and kubectl write it: 1.37, v1.37.1, v1.33.5+rke2r1.
func ParseMinor(text string) (Minor, error) {
	parts := minorForm.FindStringSubmatch(text)
	if parts == nil {
		return 0, fmt.Errorf("%q is no version of Kubernetes", text)
	}
	n, err := strconv.Atoi(parts[1])
	if err != nil {
		return 0, fmt.Errorf("%q is no version of Kubernetes: %w", text, err)
	}
	if m := Minor(n); m >= OldestMinor && m <= NewestMinor {
		return m, nil
	}
	return 0, fmt.Errorf("version %s of Kubernetes is not among those that are known, %s to %s", text, OldestMinor, NewestMinor)
}

func (m Minor) String() string { return fmt.Sprintf("1.%d", int(m)) }

// APIVersion is that of AuthorizationConfiguration.
func (m Minor) APIVersion() string {
	if m < stableMinor {
		return "apiserver.config.k8s.io/v1beta1"
	}
	return "apiserver.config.k8s.io/v1"
}

// TellsSelectors says whether webhooks are told what a list is narrowed to.
func (m Minor) TellsSelectors() bool { return m >= selectorsMinor }

// ConstrainsImpersonation says whether impersonation asks for verbs of its own.
func (m Minor) ConstrainsImpersonation() bool { return m >= impersonationMinor }
