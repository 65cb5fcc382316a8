package settings

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// clusterRegistrationURL has no validator in Harvester (issues 2510, 10382).
// The controller downloads the manifest at the URL and applies every object in
// it with its own rights, so whoever writes this setting, or answers for the
// URL, is cluster-admin. A text that is not JSON is taken for the URL, with
// TLS verification off.
//
// Ours wants https, and the host on the allow-list if there is one. Neither
// path nor query are shown: an import URL contains a registration token.
var clusterRegistrationURL = setting{
	Info: Info{
		Name:    "cluster-registration-url",
		Since:   "1.0",
		Form:    "JSON {url, insecureSkipTLSVerify}",
		Default: `{"url":"","insecureSkipTLSVerify":false}`,
		Example: `{"url":"https://rancher.example/v3/import/token_c-m-abc.yaml","insecureSkipTLSVerify":false}`,
		Doc: "Refused: anything but an https URL, a host that is not on the allow-list. " +
			"Warned: TLS verification off, a path that is no Rancher import, a host that the proxy would be used for.",
	},
	check: checkRegistrationURL,
}

var importPath = regexp.MustCompile(`/v3/import/[^/]+\.yaml$`)

func checkRegistrationURL(value string, f Facts) (r Result) {
	path, text := "", value
	if bareURL(value) {
		r.warnf("", "the value is not the JSON of this setting, so Harvester takes all of it for the URL and does not verify TLS").
			hintf(`write {"url":"…","insecureSkipTLSVerify":false}`)
	} else {
		o := decode(value, &r)
		if o == nil {
			return r
		}
		path, text = "/url", o.text("url")
		insecure := o.flag("insecureSkipTLSVerify")
		o.restStrict()
		if insecure {
			r.warnf("/insecureSkipTLSVerify", "TLS is not verified: whoever is between here and Rancher can become cluster-admin").
				hintf("put Rancher's CA into additional-ca and verify")
		}
	}
	if text == "" || r.failed() {
		return r
	}
	checkRegistrationHost(&r, path, text, f)
	return r
}

func checkRegistrationHost(r *Result, path, text string, f Facts) {
	u := checkWebURL(r, path, "the URL", text, plainRefused)
	if u == nil {
		return
	}
	if !importPath.MatchString(u.Path) {
		r.warnf(path, "the path of the URL is not that of a Rancher import, /v3/import/….yaml").
			hintf("copy the registration URL that Rancher shows for the cluster")
	}
	host := strings.ToLower(u.Hostname())
	if f.RegistrationHosts != nil && !slices.ContainsFunc(f.RegistrationHosts, func(h string) bool { return strings.EqualFold(h, host) }) {
		r.errorf(path, "host %s may not register this cluster", show(host)).hintf("hosts that may: %s", strings.Join(f.RegistrationHosts, ", "))
	}
	port := u.Port()
	if port == "" {
		port = "443"
	}
	if noProxy, set := proxySetting(f.Settings["http-proxy"]); set {
		builtIn := parseNoProxy(strings.Join(builtInNoProxy, ","))
		if !passes(append(parseNoProxy(noProxy), builtIn...), host, port) {
			r.warnf(path, "host %s is not in the noProxy of http-proxy, so Rancher is reached through the proxy", show(host)).
				hintf("add %s to noProxy unless the proxy reaches it", plain(host))
		}
	}
}

// bareURL says whether Harvester's decoder fails on the value, which makes it
// take the whole value for the URL.
func bareURL(value string) bool {
	var stored struct {
		URL                   string `json:"url"`
		InsecureSkipTLSVerify bool   `json:"insecureSkipTLSVerify"`
	}
	return json.Unmarshal([]byte(value), &stored) != nil
}

// registrationURL is the URL in a stored value.
func registrationURL(value string) string {
	if value == "" || bareURL(value) {
		return value
	}
	if o := decode(value, new(Result)); o != nil {
		return o.text("url")
	}
	return ""
}

// proxySetting is the noProxy in a stored http-proxy, and whether that sets a
// proxy at all.
func proxySetting(value string) (noProxy string, set bool) {
	if value == "" {
		return "", false
	}
	o := decode(value, new(Result))
	if o == nil {
		return "", false
	}
	return o.text("noProxy"), o.text("httpProxy")+o.text("httpsProxy") != ""
}
