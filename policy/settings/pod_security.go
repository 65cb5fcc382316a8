package settings

import (
	"slices"
	"strings"
)

// podSecurity has no validator for its value in Harvester, only one that
// forbids its deletion. Yet the namespace webhook decodes the value on every
// update of a namespace and fails closed: one malformed value stops all
// updates of all namespaces but the built-in ones.
//
// The lists are parted by commas without trimming, so a space makes a
// namespace lose its exemption. A namespace in two lists, or a system
// namespace under "restricted", is a contradiction that Harvester settles
// silently (whitelist before restricted before privileged).
var podSecurity = setting{
	Info: Info{
		Name:    "cluster-pod-security-standard",
		Since:   "1.8",
		Form:    "JSON {enabled, whitelistedNamespacesList, privilegedNamespacesList, restrictedNamespacesList}, lists parted by commas",
		Default: `{"enabled":false,"whitelistedNamespacesList":"", "privilegedNamespacesList":"", "restrictedNamespacesList":""}`,
		Example: `{"enabled":true,"privilegedNamespacesList":"tenant-a","restrictedNamespacesList":"tenant-b"}`,
		Doc: "Refused: anything that does not decode, since it would block updates of every namespace; names that are none, spaces in lists, " +
			"a namespace in two lists, a restricted system namespace. Warned: namespaces that do not exist.",
		Keep: true,
	},
	check: checkPodSecurity,
}

var podSecurityLists = []string{"whitelistedNamespacesList", "privilegedNamespacesList", "restrictedNamespacesList"}

func checkPodSecurity(value string, f Facts) (r Result) {
	o := decode(value, &r)
	if o == nil {
		return r
	}
	o.flag("enabled")
	listed := map[string]string{}
	var all []string
	for _, key := range podSecurityLists {
		for _, name := range checkNamespaceList(&r, o.at(key), o.text(key)) {
			switch other := listed[name]; {
			case other == key:
				r.warnf(o.at(key), "namespace %s is listed twice", show(name))
			case other != "":
				r.errorf(o.at(key), "namespace %s is in %s too", show(name), other).hintf("keep it in one list")
			case key == "restrictedNamespacesList" && isSystemNamespace(name):
				r.errorf(o.at(key), "namespace %s belongs to the system and cannot run restricted", show(name)).hintf("remove it")
			}
			listed[name] = key
			all = append(all, name)
		}
	}
	o.restStrict()
	checkNamespacesExist(&r, "", all, f)
	return r
}

// checkNamespaceList parts a list as Harvester does here, without trimming,
// and returns the names in it.
func checkNamespaceList(r *Result, path, list string) (names []string) {
	if list == "" {
		return nil
	}
	for name := range strings.SplitSeq(list, ",") {
		switch {
		case name == "":
			r.warnf(path, "the list has an empty entry").hintf("remove the superfluous comma")
		case strings.TrimSpace(name) != name:
			r.errorf(path, "%s has spaces around it and matches no namespace", show(name)).hintf("write names parted by commas only")
		case !isLabel(name):
			r.errorf(path, "%s cannot be the name of a namespace", show(name)).hintf("names have lower-case letters, digits and dashes")
		default:
			names = append(names, name)
		}
	}
	return names
}

// checkNamespacesExist only warns: a namespace may be made later.
func checkNamespacesExist(r *Result, path string, names []string, f Facts) {
	if len(names) > 0 && f.Namespaces == nil {
		r.unknownf(path, "whether the namespaces exist, because they are not known here")
		return
	}
	for _, name := range names {
		if !slices.Contains(f.Namespaces, name) {
			r.warnf(path, "namespace %s does not exist", show(name)).hintNear(name, f.Namespaces)
		}
	}
}

// systemNamespaces hold the platform; so do all that start with one of
// systemPrefixes.
var (
	systemNamespaces = strings.Fields("harvester-system longhorn-system cert-manager tigera-operator forklift local rancher-vcluster ingress-nginx")
	systemPrefixes   = strings.Fields("kube- cattle- calico- fleet- istio-")
)

func isSystemNamespace(name string) bool {
	return slices.Contains(systemNamespaces, name) ||
		slices.ContainsFunc(systemPrefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}
