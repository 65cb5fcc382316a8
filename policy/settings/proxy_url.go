package settings

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// proxySchemes are what both Go and curl dial a proxy with.
var proxySchemes = []string{"http", "https", "socks5", "socks5h"}

// checkProxyURL judges the URL of a proxy and returns its parts. The URL is
// never repeated in a message: it may hold a password, and a malformed one may
// hold it anywhere.
func checkProxyURL(r *Result, path, key, value string) {
	u, schemeless := parseProxyURL(value)
	if u == nil || !isHost(u.Hostname()) || !isPort(u.Port()) {
		r.errorf(path, "%s is not the URL of a proxy", key).hintf("write it like http://proxy.example:3128")
		return
	}
	if !slices.Contains(proxySchemes, u.Scheme) {
		r.errorf(path, "%s has a scheme that proxies do not speak", key).
			hintf("use one of %s", strings.Join(proxySchemes, ", "))
		return
	}
	if schemeless {
		r.warnf(path, "%s has no scheme, http is assumed", key).hintf("write http:// in front")
	}
	if u.User != nil {
		r.warnf(path, "%s contains credentials; everyone who may read settings reads them, and so does every pod that gets the proxy", key).
			hintf("let the proxy trust the nodes' addresses instead")
	}
	if u.Port() == "" {
		r.warnf(path, "%s has no port; Go programs assume the scheme's own, curl assumes 1080", key).hintf("write the port")
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		r.warnf(path, "%s has a path, query or fragment, which proxies do not use", key).hintf("end it after the port")
	}
	if a, ok := parseAddr(u.Hostname()); u.Hostname() == "localhost" || ok && a.IsLoopback() {
		r.warnf(path, "%s is a loopback address, which inside a pod is the pod itself", key)
	}
}

// parseProxyURL reads a proxy as golang.org/x/net/http/httpproxy does: a text
// that is not a URL with scheme and host is tried again as host[:port].
func parseProxyURL(value string) (u *url.URL, schemeless bool) {
	if strings.ContainsFunc(value, func(c rune) bool { return c <= ' ' || c == 0x7f }) {
		return nil, false
	}
	u, err := url.Parse(value)
	if err == nil && u.Scheme != "" && u.Host != "" {
		return u, false
	}
	if strings.Contains(value, "://") {
		return nil, false
	}
	u, err = url.Parse("http://" + value)
	if err != nil || strings.Trim(u.Path, "/") != "" {
		return nil, false
	}
	return u, true
}

var (
	hostName   = regexp.MustCompile(`^[a-zA-Z0-9_]([a-zA-Z0-9_-]*[a-zA-Z0-9_])?(\.[a-zA-Z0-9_]([a-zA-Z0-9_-]*[a-zA-Z0-9_])?)*\.?$`)
	onlyDigits = regexp.MustCompile(`^[0-9.]+$`)
)

// isHost takes addresses and DNS names, and underscores because some networks
// have them. Digits and dots that are not an address are a mistyped address.
func isHost(host string) bool {
	if _, ok := parseAddr(host); ok {
		return true
	}
	return len(host) <= 253 && hostName.MatchString(host) && !onlyDigits.MatchString(host)
}

// isPort takes the empty port, which stands for the scheme's own.
func isPort(port string) bool {
	n, err := strconv.ParseUint(port, 10, 16)
	return port == "" || err == nil && n > 0
}
