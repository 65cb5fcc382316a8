package settings

import (
	"fmt"
	"net"
	"strings"
)

// advice is about an entry of noProxy that does not do what it looks like.
type advice struct {
	says    string   // what is wrong, the entry named
	instead []string // entries that do what was meant, none if nobody can tell
	all     bool     // switches the proxy off
}

// advisers recognise one mistake each; the first that speaks counts.
var advisers = []func(bypass) (advice, bool){
	adviseEverything,
	adviseSpaces,
	adviseURL,
	adviseUser,
	adviseSpelling,
	adviseRange,
	adviseNetmask,
	adviseStar,
	adviseBrackets,
	adviseDigits,
	advisePort,
}

func advise(b bypass) (advice, bool) {
	for _, adviser := range advisers {
		if a, ok := adviser(b); ok {
			return a, true
		}
	}
	return advice{}, false
}

func adviseEverything(b bypass) (advice, bool) {
	switch {
	case b.all:
		return advice{all: true, says: `"*" takes every request past the proxy, and Harvester does not count it for node addresses`}, true
	case b.cidr && b.prefix.Bits() == 0:
		return advice{all: true, says: show(b.text) + " takes every address of its family past the proxy"}, true
	}
	return advice{}, false
}

func adviseSpaces(b bypass) (advice, bool) {
	fields := strings.Fields(b.text)
	if len(fields) < 2 {
		return advice{}, false
	}
	return advice{says: show(b.text) + " is one entry, because only commas separate entries", instead: fields}, true
}

func adviseURL(b bypass) (advice, bool) {
	_, rest, found := strings.Cut(b.text, "://")
	if !found {
		return advice{}, false
	}
	rest = rest[strings.LastIndex(rest, "@")+1:]
	host, _, _ := strings.Cut(rest, "/")
	a := advice{says: show(b.text) + " is a URL, noProxy takes hosts"}
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if host != "" {
		a.instead = []string{host}
	}
	return a, true
}

// adviseUser keeps what may be a password out of a suggestion.
func adviseUser(b bypass) (advice, bool) {
	return advice{says: show(b.text) + " is not a host, it matches nothing"}, strings.Contains(b.text, "@")
}

func advisePort(b bypass) (advice, bool) {
	if b.port == "" {
		return advice{}, false
	}
	says := fmt.Sprintf("%s goes past the proxy on port %s only, and curl does not know ports here", show(b.text), plain(b.port))
	if b.prefix.IsValid() {
		says += "; Harvester does not count it for node addresses"
	}
	return advice{says: says, instead: []string{b.text}}, true
}
