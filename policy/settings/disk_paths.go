package settings

import (
	"path"
	"strings"
)

// autoDiskPaths has no validator, although every disk that one of the patterns
// matches, on any node, is formatted and given to Longhorn. The list is parted
// by commas and trimmed (syncNDMAutoProvisionPaths).
//
// Ours wants patterns below /dev and warns of those that go by kernel names:
// they can change with each boot, and a star there reaches the disks of the
// system and of other storage.
var autoDiskPaths = setting{
	Info: Info{
		Name: "auto-disk-provision-paths", Since: "1.0", Form: "patterns of device paths parted by commas", Default: ``, Example: `/dev/disk/by-id/ata-*`,
		Doc: "Refused: patterns that are broken or not below /dev. Warned: patterns of kernel names such as /dev/sd*, whose disks may change, and all of /dev: matching disks are wiped.",
	},
	check: checkDiskPaths,
}

// kernelDisks are devices that a careful pattern does not match.
var kernelDisks = []string{"/dev/sda", "/dev/sdb", "/dev/vda", "/dev/vdb", "/dev/nvme0n1", "/dev/nvme1n1", "/dev/mmcblk0", "/dev/dm-0", "/dev/md0"}

func checkDiskPaths(value string, _ Facts) (r Result) {
	for part := range strings.SplitSeq(value, ",") {
		pattern := strings.TrimSpace(part)
		_, err := path.Match(pattern, "/dev/sda")
		switch {
		case pattern == "":
			r.warnf("", "the list has an empty entry").hintf("remove the superfluous comma")
		case err != nil:
			r.errorf("", "%s is not a valid pattern", show(pattern))
		case !strings.HasPrefix(pattern, "/dev/") || path.Clean(pattern) != pattern:
			r.errorf("", "%s is not the path of a device", show(pattern)).hintf("write it like /dev/disk/by-id/ata-*")
		default:
			warnKernelNames(&r, pattern)
		}
	}
	return r
}

func warnKernelNames(r *Result, pattern string) {
	matched := 0
	for _, disk := range kernelDisks {
		if ok, _ := path.Match(pattern, disk); ok {
			matched++
		}
	}
	wide := strings.ContainsAny(pattern, "*?[")
	switch {
	case matched > 2 && wide:
		r.warnf("", "%s matches disks of every kind, on every node; all of them are wiped", show(pattern)).hintf("name disks by /dev/disk/by-id/…")
	case matched > 0, path.Dir(pattern) == "/dev":
		r.warnf("", "%s goes by kernel names, which may stand for another disk after a restart; what matches is wiped", show(pattern)).
			hintf("name disks by /dev/disk/by-id/…")
	case strings.HasPrefix(path.Base(pattern), "*"):
		r.warnf("", "%s matches every disk in %s, on every node; all of them are wiped", show(pattern), path.Dir(pattern)).
			hintf("name a kind or a serial number before the star")
	}
}
