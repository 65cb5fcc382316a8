package settings

import "slices"

const longhornDriver = "driver.longhorn.io"

// csiDriverConfig has no validator. Without an entry for a volume's
// provisioner Harvester can neither snapshot nor back it up, and Longhorn is
// the one that every cluster has.
var csiDriverConfig = setting{
	Info: Info{
		Name: "csi-driver-config", Since: "1.1", Form: "JSON provisioner -> {volumeSnapshotClassName, backupVolumeSnapshotClassName}",
		Default: `{"driver.longhorn.io":{"volumeSnapshotClassName":"longhorn-snapshot","backupVolumeSnapshotClassName":"longhorn"}}`,
		Example: `{"driver.longhorn.io":{"volumeSnapshotClassName":"longhorn-snapshot","backupVolumeSnapshotClassName":"longhorn"}}`,
		Doc: "Refused: a missing entry for driver.longhorn.io, wrong types, misspelt keys. " +
			"Warned: classes that do not exist or are left out, provisioners that no StorageClass uses.",
	},
	check: checkCSIDriverConfig,
}

func checkCSIDriverConfig(value string, f Facts) (r Result) {
	o := decode(value, &r)
	if o == nil {
		return r
	}
	o.exact = true
	if !o.has(longhornDriver) {
		r.errorf("", "the entry for %s is missing, without which its volumes cannot be backed up", longhornDriver)
	}
	for _, m := range o.entries() {
		e := o.entry(m)
		checkProvisioner(&r, e.path, m.name, f)
		for _, key := range []string{"volumeSnapshotClassName", "backupVolumeSnapshotClassName"} {
			switch class := e.text(key); {
			case class == "" && !r.failed():
				r.warnf(e.at(key), "is left out, so that volumes of %s cannot be saved this way", show(m.name))
			case class != "" && f.VolumeSnapshotClasses == nil:
				r.unknownf(e.at(key), "whether VolumeSnapshotClass %s exists, because these are not known here", show(class))
			case class != "" && !slices.Contains(f.VolumeSnapshotClasses, class):
				r.warnf(e.at(key), "VolumeSnapshotClass %s does not exist", show(class)).hintNear(class, f.VolumeSnapshotClasses)
			}
		}
		e.restStrict()
	}
	return r
}

// csiOnlineExpand has no validator either.
var csiOnlineExpand = setting{
	Info: Info{
		Name: "csi-online-expand-validation", Since: "1.6", Form: "JSON provisioner -> true or false",
		Default: `{"driver.longhorn.io":true}`, Example: `{"driver.longhorn.io":true}`,
		Doc: "Refused: anything but true or false for a provisioner. Warned: provisioners that no StorageClass uses, Longhorn switched off or left out.",
	},
	check: checkCSIOnlineExpand,
}

func checkCSIOnlineExpand(value string, f Facts) (r Result) {
	o := decode(value, &r)
	if o == nil {
		return r
	}
	longhorn := false
	for _, m := range o.entries() {
		if m.value.kind != isBool {
			r.errorf(o.under(m.name), "must be %s, not %s", isBool, m.value.kind)
			continue
		}
		longhorn = longhorn || m.name == longhornDriver && m.value.flag
		checkProvisioner(&r, o.under(m.name), m.name, f)
	}
	if !r.failed() && !longhorn {
		r.warnf("", "volumes of %s can no longer grow while they are in use", longhornDriver)
	}
	return r
}

// checkProvisioner warns of an entry that no volume will ever use.
func checkProvisioner(r *Result, path, name string, f Facts) {
	if name == longhornDriver || f.StorageClasses == nil {
		return
	}
	var known []string
	for _, c := range f.StorageClasses {
		known = append(known, c.Provisioner)
	}
	if !slices.Contains(known, name) {
		r.warnf(path, "no StorageClass has the provisioner %s", show(name)).hintNear(name, known)
	}
}
