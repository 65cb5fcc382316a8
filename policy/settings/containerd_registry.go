package settings

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// containerdRegistry follows validateContainerdRegistry, which looks whether
// the value decodes into the Go structs of pkg/containerd/registry.go. These
// have no JSON tags, so the keys are the Go names: Endpoints, not endpoint;
// InsecureSkipVerify, not insecure_skip_verify. A key in the style of
// registries.yaml is dropped without a word.
//
// So ours refuses such keys and names the right one. It also refuses endpoints
// that are no URL, rewrites that are no regular expression, half a pair of
// certificate and key, and PEM text where RKE2 expects a path (issues 3295,
// 3120). Nothing of an Auth is ever repeated in a message.
var containerdRegistry = setting{
	Info: Info{
		Name:    "containerd-registry",
		Since:   "1.1",
		Form:    "JSON {Mirrors: {registry: {Endpoints, Rewrites}}, Configs: {host: {Auth, TLS}}}",
		Default: ``,
		Example: `{"Mirrors":{"docker.io":{"Endpoints":["https://registry.lab.example:5000"]}}}`,
		Doc: "Refused: keys as in registries.yaml, endpoints that are no URL, invalid rewrites, contradicting TLS files. " +
			"Warned: http endpoints, verification switched off, credentials that Harvester moves elsewhere, unknown keys.",
	},
	check: checkContainerdRegistry,
}

func checkContainerdRegistry(value string, _ Facts) (r Result) {
	o := decode(value, &r)
	if o == nil {
		return r
	}
	mirrors, configs, auths := o.object("Mirrors"), o.object("Configs"), o.object("Auths")
	o.restStrict()
	for _, m := range mirrors.entries() {
		checkRegistryName(&r, mirrors.under(m.name), m.name)
		checkMirror(&r, mirrors.entry(m))
	}
	for _, m := range configs.entries() {
		checkRegistryName(&r, configs.under(m.name), m.name)
		c := configs.entry(m)
		auth, tls := c.object("Auth"), c.object("TLS")
		c.restStrict()
		if checkRegistryAuth(&r, auth) {
			r.warnf(auth.path, "Harvester moves the credentials into a Secret and removes them here; until then everyone who may read settings can see them").
				hintf("the next change of this setting has to bring them again")
		}
		checkRegistryTLS(&r, tls)
	}
	for _, m := range auths.entries() {
		if checkRegistryAuth(&r, auths.entry(m)) {
			r.warnf(auths.under(m.name), "the credentials stay here, where everyone who may read settings can see them")
		}
	}
	if len(auths.members) > 0 {
		r.warnf(auths.path, "Auths is obsolete, current containerd ignores it").hintf("use Configs, with an Auth for each host")
	}
	return r
}

// checkRegistryName wants what image names start with, or * for all.
func checkRegistryName(r *Result, path, name string) {
	host, port, found := strings.Cut(name, ":")
	if name != "*" && (!isHost(host) || found && (port == "" || !isPort(port))) {
		r.errorf(path, "%s is not the name of a registry", show(name)).hintf("write host or host:port, without scheme and path")
	}
}

func checkMirror(r *Result, m *object) {
	endpoints, rewrites := m.texts("Endpoints"), m.object("Rewrites")
	m.restStrict()
	for i, endpoint := range endpoints {
		checkEndpoint(r, fmt.Sprintf("%s/%d", m.at("Endpoints"), i), endpoint)
	}
	if len(endpoints) == 0 {
		r.warnf(m.path, "the mirror has no endpoints, so it changes nothing").hintf(`add "Endpoints"`)
	}
	for _, e := range rewrites.entries() {
		if e.value.kind != isText && e.value.kind != isNull {
			r.errorf(rewrites.under(e.name), "must be a string, not %s", e.value.kind)
		}
		if _, err := regexp.Compile(e.name); err != nil {
			r.errorf(rewrites.under(e.name), "%s is not a regular expression", show(e.name)).hintf("the key is matched against the repository name")
		}
	}
}

// checkEndpoint never shows the endpoint: it may hold a password.
func checkEndpoint(r *Result, path, endpoint string) {
	if host, _, _ := strings.Cut(endpoint, "/"); !strings.Contains(endpoint, "://") && strings.Contains(host, ".") {
		if u, err := url.Parse("https://" + endpoint); err == nil && isHost(u.Hostname()) {
			r.warnf(path, "the endpoint has no scheme").hintf("write https:// or http:// in front")
			endpoint = "https://" + endpoint
		}
	}
	checkWebURL(r, path, "the endpoint", endpoint, plainWarned)
}

// mirrorEndpoints are the endpoints in a stored value.
func mirrorEndpoints(value string) (endpoints []string) {
	if value == "" {
		return nil
	}
	o := decode(value, new(Result))
	if o == nil {
		return nil
	}
	mirrors := o.object("Mirrors")
	for _, m := range mirrors.entries() {
		endpoints = append(endpoints, mirrors.entry(m).texts("Endpoints")...)
	}
	return endpoints
}
