package settings

import (
	"net/url"
	"strings"
)

// plainHTTP says what a check does about http:// instead of https://.
type plainHTTP int

const (
	plainWarned plainHTTP = iota
	plainRefused
)

// checkWebURL wants an absolute http or https URL with a host. It returns the
// URL, nil after a refusal, and never shows the text, which may hold secrets.
func checkWebURL(r *Result, path, what, text string, unencrypted plainHTTP) *url.URL {
	u, err := url.Parse(text)
	if err != nil || strings.ContainsFunc(text, func(c rune) bool { return c <= ' ' }) ||
		!isHost(u.Hostname()) || !isPort(u.Port()) || u.Opaque != "" {
		r.errorf(path, "%s is not a URL with scheme and host", what).hintf("write it like https://server.example/path")
		return nil
	}
	switch {
	case u.Scheme == "https":
	case u.Scheme == "http" && unencrypted == plainWarned:
		r.warnf(path, "%s is not encrypted and can be replaced on the way", what).hintf("use https")
	case u.Scheme == "http":
		r.errorf(path, "%s is not encrypted and can be replaced on the way", what).hintf("use https")
		return nil
	default:
		r.errorf(path, "%s has a scheme other than https", what)
		return nil
	}
	if u.User != nil {
		r.warnf(path, "%s contains credentials, which everyone who may read settings can see", what)
	}
	return u
}
