package admit

import (
	"net/netip"
	"strings"
)

// inside says whether a host is surely or likely one that only the management cluster reaches: the machine itself, its
// link (where clouds tell machines their credentials), a Service, or a name that only a resolver of its own can know.
// Addresses of private networks are not, since registries often have some. Who wants to be sure names allowed URLs:
// where a public name leads to is not looked up.
func inside(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if ip, err := netip.ParseAddr(host); err == nil {
		ip = ip.Unmap()
		return ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsUnspecified() || ip == awsMetadata
	}
	last := host[strings.LastIndex(host, ".")+1:]
	switch {
	case last == host, isNumber(last): // "localhost", "kubernetes"; "127.1", "0x7f.1"
		return true
	case last == "localhost", last == "svc", last == "local", last == "internal":
		return true
	}
	return strings.Contains(host, ".svc.")
}

// awsMetadata is where AWS tells its machines their credentials over IPv6.
var awsMetadata = netip.MustParseAddr("fd00:ec2::254")

// isNumber says whether some resolvers take a label for the end of an address.
func isNumber(label string) bool {
	return label != "" && label[0] >= '0' && label[0] <= '9'
}
