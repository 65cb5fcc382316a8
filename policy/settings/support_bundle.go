package settings

import (
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"strings"
)

// supportBundleMinutes make up the three settings that are a number of
// minutes. They follow validateSupportBundleTimeout and its siblings. Zero
// switches the timeout off; for the other two Harvester takes its default of
// 30 instead (DetermineDurationWithDefaults), which ours says.
func supportBundleMinutes(name, since, preset string, zero string) setting {
	return setting{
		Info: Info{
			Name: name, Since: since, Form: "minutes", Default: preset, Example: `45`,
			Doc: "Refused: anything but a whole number from 0. Warned: 0, which means " + zero + ".",
		},
		check: func(value string, _ Facts) Result {
			r := strictRange(value, 0, math.MaxInt64, "minutes")
			if value == "0" {
				r.warnf("", "0 means %s", zero)
			}
			return r
		},
	}
}

var (
	bundleTimeout     = supportBundleMinutes("support-bundle-timeout", "1.0", `50`, "that a bundle may take for ever")
	bundleExpiration  = supportBundleMinutes("support-bundle-expiration", "1.3", `30`, "the default of 30")
	bundleNodeTimeout = supportBundleMinutes("support-bundle-node-collection-timeout", "1.3", `30`, "the default of 30")
)

// bundleFileName follows validateSupportBundleFileName.
var bundleFileName = setting{
	Info: Info{
		Name: "support-bundle-file-name", Since: "1.8", Form: "name of lower-case letters, digits and dashes", Default: ``, Example: `lab-cluster-7`,
		Doc: "Refused: anything but an RFC 1123 label of at most 63 characters.",
	},
	check: func(value string, _ Facts) (r Result) {
		if !isLabel(value) {
			r.errorf("", "%s is not a label", show(value)).
				hintf("use at most 63 lower-case letters, digits and dashes, a letter or digit at both ends")
		}
		return r
	},
}

// bundleNamespaces has no validator. The list is parted by commas and trimmed
// (pkg/controller/master/supportbundle/manager.go).
var bundleNamespaces = setting{
	Info: Info{
		Name: "support-bundle-namespaces", Since: "1.0", Form: "names of namespaces parted by commas", Default: ``, Example: `tenant-a,tenant-b`,
		Doc: "Refused: names that no namespace can have. Warned: namespaces that do not exist, and kube-system, whose objects tell much.",
	},
	check: func(value string, f Facts) (r Result) {
		var names []string
		for part := range strings.SplitSeq(value, ",") {
			switch name := strings.TrimSpace(part); {
			case name == "":
				r.warnf("", "the list has an empty entry").hintf("remove the superfluous comma")
			case !isLabel(name):
				r.errorf("", "%s cannot be the name of a namespace", show(name)).hintf("part names by commas")
			default:
				names = append(names, name)
				if name == "kube-system" {
					r.warnf("", "kube-system goes into every support bundle").hintf("make sure that those who receive bundles may see it")
				}
			}
		}
		checkNamespacesExist(&r, "", names, f)
		return r
	},
}

// bundleImage follows validateSupportBundleImage: none of the three fields may
// be blank. Its test overlooks a tag that is missing, and takes any text for
// the pull policy. As default {} passes, as value it does not, and what is
// checked here may be either, so it is warned of.
var bundleImage = setting{
	Info: Info{
		Name: "support-bundle-image", Since: "1.0", Form: "JSON {repository, tag, imagePullPolicy}", Default: `{}`,
		Example: `{"repository":"rancher/support-bundle-kit","tag":"v0.0.60","imagePullPolicy":"IfNotPresent"}`,
		Doc:     "Refused: a field that is blank or missing, an unknown pull policy, a repository with a tag or scheme. Warned: a tag that is a number.",
	},
	check: checkBundleImage,
}

var (
	pullPolicies = []string{"Always", "IfNotPresent", "Never"}
	repository   = regexp.MustCompile(`^([a-zA-Z0-9.-]+(:[0-9]{1,5})?/)?[a-z0-9]+([._/-]+[a-z0-9]+)*$`)
	imageTag     = regexp.MustCompile(`^[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}$`)
)

func checkBundleImage(value string, _ Facts) (r Result) {
	o := decode(value, &r)
	if o == nil {
		return r
	}
	if len(o.members) == 0 {
		r.warnf("", "Harvester refuses {} as a value, it is only a default").hintf("leave the value empty to reset")
		return r
	}
	repo, tag, policy := o.text("repository"), bundleTag(&r, o), o.text("imagePullPolicy")
	o.restStrict()
	if r.failed() {
		return r
	}
	for _, field := range []struct {
		key, value string
		ok         bool
	}{
		{"repository", repo, repository.MatchString(repo)},
		{"tag", tag, imageTag.MatchString(tag)},
		{"imagePullPolicy", policy, slices.Contains(pullPolicies, policy)},
	} {
		switch {
		case field.value == "":
			r.errorf("/"+field.key, "is blank or missing")
		case !field.ok && field.key == "imagePullPolicy":
			r.errorf("/"+field.key, "%s is none of %s", show(policy), strings.Join(pullPolicies, ", ")).hintNear(policy, pullPolicies)
		case !field.ok:
			r.errorf("/"+field.key, "%s is not the %s of an image", show(field.value), field.key)
		}
	}
	return r
}

// bundleTag reads the one field that may be a number, since Helm values often
// are. A number cannot keep a zero at its end.
func bundleTag(r *Result, o *object) string {
	n, ok := o.find("tag")
	switch {
	case !ok:
		return ""
	case n.kind == isNumber:
		r.warnf("/tag", "is a number, and %s may lose a zero at its end", plain(n.text)).hintf("write %q", n.text)
		return json.Number(n.text).String()
	case n.kind != isText:
		r.errorf("/tag", "must be %s, not %s", isText, n.kind)
	}
	return n.text
}
