package settings

import (
	"fmt"
	"regexp"
	"strings"
)

// ntpServers follows validateNTPServers: a list that is there, of addresses or
// names, without duplicates. Harvester takes a mistyped address for a name,
// and skips one empty entry; ours refuses the former and warns of the latter.
var ntpServers = setting{
	Info: Info{
		Name:    "ntp-servers",
		Since:   "1.2",
		Form:    "JSON {ntpServers: []}",
		Default: ``,
		Example: `{"ntpServers":["0.pool.ntp.org","10.20.0.1"]}`,
		Doc: "Refused: a missing list, entries that are neither address nor name (URLs, ports, brackets, wildcards), duplicates. " +
			"Warned: empty entries, names that differ in case only.",
	},
	check: checkNTPServers,
}

// ntpName is Harvester's FQDNMatchNameRegexString: no empty label, a dot at the
// end is fine.
var ntpName = regexp.MustCompile(`^([-a-zA-Z0-9_]+\.)*[-a-zA-Z0-9_]+\.?$`)

func checkNTPServers(value string, _ Facts) (r Result) {
	o := decode(value, &r)
	if o == nil {
		return r
	}
	servers := o.texts("ntpServers")
	o.restStrict()
	if !r.failed() && !o.has("ntpServers") {
		r.errorf("/ntpServers", "the list is missing").hintf(`write {"ntpServers":[]} for none`)
	}
	seen := map[string]string{}
	for i, s := range servers {
		path := fmt.Sprintf("/ntpServers/%d", i)
		checkNTPServer(&r, path, s)
		switch earlier, found := seen[strings.ToLower(s)]; {
		case found && earlier == s:
			r.errorf(path, "%s is listed twice", show(s)).hintf("keep one")
		case found:
			r.warnf(path, "%s and %s are the same server", show(earlier), show(s)).hintf("keep one")
		}
		seen[strings.ToLower(s)] = s
	}
	return r
}

func checkNTPServer(r *Result, path, s string) {
	_, address := parseAddr(s)
	switch {
	case s == "":
		r.warnf(path, "the entry is empty").hintf("leave it out")
	case address:
	case strings.Contains(s, "://"):
		r.errorf(path, "%s is a URL", show(s)).hintf("write the name or address of the server only")
	case onlyDigits.MatchString(s):
		r.errorf(path, "%s is not an address", show(s))
	case !ntpName.MatchString(s):
		r.errorf(path, "%s is neither an address nor a name", show(s)).hintf("write it without port, brackets and wildcards")
	}
}
