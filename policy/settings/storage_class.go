package settings

import (
	"slices"
	"strings"
)

// bootClass is what Harvester sets at boot, possibly before Longhorn has made
// the class: for this name a missing class is only warned of.
const bootClass = "longhorn"

// defaultStorageClass has no validator in Harvester. A class that does not
// exist leaves every new volume pending.
var defaultStorageClass = setting{
	Info: Info{
		Name: "default-storage-class", Since: "1.0", Form: "name of a StorageClass", Default: bootClass, Example: `longhorn`,
		Doc: "Refused: a StorageClass that does not exist, or a name that none can have. " +
			"Warned: a cluster with several default classes, or with another than this.",
	},
	check: checkDefaultStorageClass,
}

func checkDefaultStorageClass(value string, f Facts) (r Result) {
	switch {
	case !isObjectName(value):
		r.errorf("", "%s cannot be the name of a StorageClass", show(value))
		return r
	case f.StorageClasses == nil:
		r.unknownf("", "whether StorageClass %s exists, because StorageClasses are not known here", show(value))
		return r
	}
	var names, defaults []string
	for _, c := range f.StorageClasses {
		names = append(names, c.Name)
		if c.Default {
			defaults = append(defaults, c.Name)
		}
	}
	slices.Sort(defaults)
	switch {
	case !slices.Contains(names, value) && value == bootClass:
		r.warnf("", "StorageClass %s does not exist", show(value))
	case !slices.Contains(names, value):
		r.errorf("", "StorageClass %s does not exist", show(value)).hintNear(value, names)
	case len(defaults) > 1:
		r.warnf("", "%d StorageClasses are marked as default: %s", len(defaults), plain(strings.Join(defaults, ", "))).hintf("keep the mark on one")
	case len(defaults) == 1 && defaults[0] != value:
		r.warnf("", "StorageClass %s is marked as default in the cluster, not this one", show(defaults[0]))
	}
	return r
}

// volumeSnapshotClass follows validateVolumeSnapshotClass: the class exists.
var volumeSnapshotClass = setting{
	Info: Info{
		Name: "volume-snapshot-class", Since: "1.0", Form: "name of a VolumeSnapshotClass", Default: bootClass, Example: `longhorn`,
		Doc: "Refused: a VolumeSnapshotClass that does not exist, or a name that none can have.",
	},
	check: func(value string, f Facts) (r Result) {
		switch {
		case !isObjectName(value):
			r.errorf("", "%s cannot be the name of a VolumeSnapshotClass", show(value))
		case f.VolumeSnapshotClasses == nil:
			r.unknownf("", "whether VolumeSnapshotClass %s exists, because these are not known here", show(value))
		case !slices.Contains(f.VolumeSnapshotClasses, value) && value == bootClass:
			r.warnf("", "VolumeSnapshotClass %s does not exist", show(value))
		case !slices.Contains(f.VolumeSnapshotClasses, value):
			r.errorf("", "VolumeSnapshotClass %s does not exist", show(value)).hintNear(value, f.VolumeSnapshotClasses)
		}
		return r
	},
}
