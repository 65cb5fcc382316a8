package settings

import (
	"regexp"
	"strconv"
	"strings"
)

// The settings of this file are written by Harvester itself, and none has a
// validator. A change by hand misleads whoever reads them until Harvester
// overwrites it, so ours warns unless the value is the stored one or the
// default.

var (
	release     = regexp.MustCompile(`^v(\d{1,4})\.(\d{1,4})\.`)
	versionForm = regexp.MustCompile(`^v?\d+\.\d+\.\d+([-+.][0-9A-Za-z.+-]+)?$`)
	branchForm  = regexp.MustCompile(`^(dev|[0-9a-zA-Z._-]+-head|[0-9a-f]{7,40}(-dirty)?|[0-9A-Za-z._-]*-[0-9a-f]{7,40}(-dirty)?)$`)
	semverRange = regexp.MustCompile(`^((>=|<=|>|<|=|!=|~|\^)?v?(\d+|x|\*)(\.(\d+|x|\*)){0,2}(-[0-9A-Za-z.-]+)?(\s+|\s*,\s*|\s*\|\|\s*|$))+$`)
)

// ownVersion makes a setting of this kind; form says what its values look
// like, refused what of them is refused, and judge what is wrong with one.
func ownVersion(name, since, form, preset, example, refused string, judge func(r *Result, value string)) setting {
	return setting{
		Info: Info{
			Name: name, Since: since, Form: form, Default: preset, Example: example,
			Doc: "Refused: " + refused + ". Warned: any change by hand, since Harvester writes it, and a value of another form.",
		},
		check: func(value string, f Facts) (r Result) {
			if stored := f.Settings[name]; value != stored && value != preset {
				r.warnf("", "Harvester writes this setting itself, a change by hand misleads those who read it")
			}
			judge(&r, value)
			return r
		},
	}
}

var (
	serverVersionSetting = ownVersion("server-version", "1.0", "version", `dev`, `v1.8.2`, "nothing", judgeVersion)
	apiUIVersion         = ownVersion("api-ui-version", "1.0", "version", `1.1.9`, `1.1.9`, "nothing", judgeVersion)
	upgradableVersions   = ownVersion("upgradable-versions", "1.0", "versions parted by commas", ``, `v1.8.1,v1.8.2`, "nothing", func(r *Result, value string) {
		for v := range strings.SplitSeq(value, ",") {
			judgeVersion(r, strings.TrimSpace(v))
		}
	})
	csiCCMVersions = ownVersion("harvester-csi-ccm-versions", "1.1", "JSON chart -> range of versions",
		`{"harvester-cloud-provider":">=0.0.1 <0.3.0","harvester-csi-provider":">=0.0.1 <0.3.0"}`,
		`{"harvester-cloud-provider":">=0.0.1 <0.3.0","harvester-csi-provider":">=0.0.1 <0.3.0"}`,
		"ranges that Rancher could not read", judgeRanges)
)

func judgeVersion(r *Result, value string) {
	if !versionForm.MatchString(value) && !branchForm.MatchString(value) {
		r.warnf("", "%s does not look like a version", show(value)).hintf("write it like v1.8.2")
	}
}

// judgeRanges refuses what Rancher could not read when it offers the charts to
// guest clusters.
func judgeRanges(r *Result, value string) {
	o := decode(value, r)
	if o == nil {
		return
	}
	for _, m := range o.entries() {
		switch {
		case m.value.kind != isText:
			r.errorf(o.under(m.name), "must be %s, not %s", isText, m.value.kind)
		case !semverRange.MatchString(m.value.text):
			r.errorf(o.under(m.name), "%s is not a range of versions", show(m.value.text)).hintf("write it like >=0.0.1 <0.3.0")
		}
	}
	for _, chart := range []string{"harvester-cloud-provider", "harvester-csi-provider"} {
		if !o.has(chart) {
			r.warnf("", "chart %s is left out, so any version of it is offered", chart)
		}
	}
}

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
