package settings

import (
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
)

// What Traefik takes (traefik.io/v1alpha1 TLSOption, pkg/tls/certificate.go).
var (
	traefikVersions = []string{"VersionTLS10", "VersionTLS11", "VersionTLS12", "VersionTLS13"}
	traefikCurves   = strings.Fields(`secp256r1 CurveP256 secp384r1 CurveP384 secp521r1 CurveP521 x25519 X25519 x25519mlkem768 X25519MLKEM768
		secp256r1mlkem768 SecP256r1MLKEM768 secp384r1mlkem1024 SecP384r1MLKEM1024`)
	traefikAuth = strings.Fields("NoClientCert RequestClientCert RequireAnyClientCert VerifyClientCertIfGiven RequireAndVerifyClientCert")
)

// traefikTLS follows validateTraefikDefaultTLSOptions, which looks whether the
// value decodes. Traefik itself answers a version, cipher or client
// authentication that it does not know by dropping the whole option, and the
// setting governs the only way into UI and API; so these are refused here.
var traefikTLS = setting{
	Info: Info{
		Name:    "traefik-default-tls-options",
		Since:   "1.9",
		Form:    "JSON of a Traefik TLSOption spec",
		Default: `{"minVersion":"VersionTLS12", "maxVersion":"VersionTLS13", "sniStrict":false,"cipherSuites":[],"clientAuth":{"secretNames":[],"clientAuthType":""}}`,
		Example: `{"minVersion":"VersionTLS13"}`,
		Doc: "Refused: versions, cipher suites or client authentication that Traefik does not know, a minimum above the maximum, " +
			"suites that fit no version, client verification without CA. Warned: TLS before 1.2, insecure suites, strict SNI, client certificates.",
	},
	check: checkTraefikTLS,
}

func checkTraefikTLS(value string, _ Facts) (r Result) {
	o := decode(value, &r)
	if o == nil {
		return r
	}
	lowest, highest := o.text("minVersion"), o.text("maxVersion")
	suites, curves, alpn := o.texts("cipherSuites"), o.texts("curvePreferences"), o.texts("alpnProtocols")
	strict := o.flag("sniStrict")
	o.flag("disableSessionTickets")
	auth := o.object("clientAuth")
	authType, secrets := auth.text("clientAuthType"), auth.texts("secretNames")
	auth.rest()
	o.rest()
	if r.failed() {
		return r
	}
	checkTraefikVersions(&r, lowest, highest)
	checkTraefikSuites(&r, suites, lowest, highest)
	checkTraefikNames(&r, curves, alpn)
	checkTraefikAuth(&r, authType, secrets)
	if strict {
		r.warnf("/sniStrict", "clients that name no host, such as all that connect to the VIP by its address, are turned away").
			hintf("leave sniStrict off unless everything uses the host name of the certificate")
	}
	return r
}

func checkTraefikVersions(r *Result, lowest, highest string) {
	for _, v := range []struct{ key, version string }{{"minVersion", lowest}, {"maxVersion", highest}} {
		switch i := slices.Index(traefikVersions, v.version); {
		case v.version == "":
		case i < 0:
			r.errorf("/"+v.key, "unknown version %s", show(v.version)).hintf("use one of %s", strings.Join(traefikVersions, ", "))
		case i < 2:
			r.warnf("/"+v.key, "%s is not safe", v.version).hintf("use VersionTLS12 or VersionTLS13")
		}
	}
	if !r.failed() && lowest != "" && highest != "" && slices.Index(traefikVersions, lowest) > slices.Index(traefikVersions, highest) {
		r.errorf("/minVersion", "the lowest version %s is above the highest, %s", lowest, highest)
	}
}

// checkTraefikSuites: as in Go, the list rules TLS 1.2 and below, while the
// suites of TLS 1.3 are always on.
func checkTraefikSuites(r *Result, suites []string, lowest, highest string) {
	older := 0
	for i, name := range suites {
		path := fmt.Sprintf("/cipherSuites/%d", i)
		suite, insecure := findSuite(name)
		if suite == nil {
			r.errorf(path, "unknown cipher suite %s", show(name)).hintf("Traefik takes the names of Go's crypto/tls").hintNear(name, suiteNames())
			continue
		}
		if insecure {
			r.warnf(path, "cipher suite %s is not safe", name).hintf("leave it out")
		}
		if slices.Contains(suite.SupportedVersions, tls.VersionTLS12) {
			older++
		}
	}
	switch {
	case r.failed() || len(suites) == 0:
	case older == 0 && highest != "" && highest != "VersionTLS13":
		r.errorf("/cipherSuites", "the suites are for TLS 1.3 only, and maxVersion is %s: nothing can be negotiated", highest)
	case older == 0 && lowest != "VersionTLS13":
		r.warnf("/cipherSuites", "the suites are for TLS 1.3 only, so no older version can be negotiated").hintf("set minVersion to VersionTLS13 if that is meant")
	case lowest == "VersionTLS13":
		r.warnf("/cipherSuites", "cipherSuites has no effect on TLS 1.3, the lowest version")
	}
}

func findSuite(name string) (suite *tls.CipherSuite, insecure bool) {
	for _, s := range tls.CipherSuites() {
		if s.Name == name {
			return s, false
		}
	}
	for _, s := range tls.InsecureCipherSuites() {
		if s.Name == name {
			return s, true
		}
	}
	return nil, false
}

func suiteNames() (names []string) {
	for _, s := range tls.CipherSuites() {
		names = append(names, s.Name)
	}
	return names
}

func checkTraefikNames(r *Result, curves, alpn []string) {
	for i, name := range curves {
		if !slices.Contains(traefikCurves, name) {
			r.warnf(fmt.Sprintf("/curvePreferences/%d", i), "unknown curve %s", show(name)).hintNear(name, traefikCurves)
		}
	}
	if len(alpn) > 0 && !slices.Contains(alpn, "http/1.1") {
		r.warnf("/alpnProtocols", "http/1.1 is left out, which VM consoles and kubectl exec need").hintf(`add "http/1.1"`)
	}
}

func checkTraefikAuth(r *Result, authType string, secrets []string) {
	const path = "/clientAuth/clientAuthType"
	verifies := strings.Contains(authType, "Verify")
	switch {
	case authType == "" && len(secrets) == 0:
	case authType != "" && !slices.Contains(traefikAuth, authType):
		r.errorf(path, "unknown client authentication %s", show(authType)).hintf("use one of %s", strings.Join(traefikAuth, ", "))
	case verifies && len(secrets) == 0:
		r.errorf(path, "%s needs CA certificates to verify with", authType).hintf("name their Secrets in clientAuth.secretNames")
	case authType == "" || strings.HasPrefix(authType, "Require"):
		r.warnf(path, "everyone without a client certificate is locked out of UI and API, joining nodes and Rancher included")
	}
}
