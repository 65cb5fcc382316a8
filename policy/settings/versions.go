package settings

import (
	"regexp"
	"strconv"
)

var release = regexp.MustCompile(`^v(\d{1,4})\.(\d{1,4})\.`)

// serverVersion is the Harvester minor that the cluster runs, if it is known
// and a release.
func serverVersion(f Facts) (major, minor int, ok bool) {
	m := release.FindStringSubmatch(f.Settings["server-version"])
	if m == nil {
		return 0, 0, false
	}
	major, _ = strconv.Atoi(m[1])
	minor, _ = strconv.Atoi(m[2])
	return major, minor, true
}
