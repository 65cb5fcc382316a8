package admit

import (
	"fmt"
	"strconv"
	"strings"

	admissionregv1 "k8s.io/api/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// What kube-apiserver tells the guard of, in CEL over a write.
const (
	// written is the name of the object. A request to delete a collection and one with generateName have no name of
	// their own.
	written = "(object == null ? oldObject : object).metadata.name"

	// aKubeconfig is a Secret that has a name or a label by which Sveltos takes it for one. It can be deleted by anybody
	// when it has only the name.
	aKubeconfig = "request.operation != 'DELETE' && " + written + ".endsWith('" + kubeconfigSuffix + "') || " +
		"[object, oldObject].exists(o, o != null && has(o.metadata.labels) && o.metadata.labels.exists(l, l.startsWith('" + roleLabelPrefix + "')))"
)

// narrowSources makes one webhook for kubeconfigs, and as many as it takes for what RoleRequests and clusters name: one
// for 90,000 characters of names. Without names there is none.
func narrowSources(snap *policy.Snapshot) []Narrowing {
	all, secrets := sourceRules, sourceRules[1:]
	list := []Narrowing{{Name: "kubeconfigs", Rules: secrets, Conditions: conditions("kubeconfigs", aKubeconfig)}}
	expressions := chunks(fmt.Sprintf("(request.resource.resource + '/' + request.namespace + '/' + %s) in [", written), ", ", "]", namedSources(snap))
	expressions = append(expressions, chunks("", " || ", "", openSources(snap))...)
	for i, e := range expressions {
		n := Narrowing{Rules: all, Conditions: conditions("named", e)}
		if i > 0 {
			n.Name = strconv.Itoa(i + 1)
		}
		list = append(list, n)
	}
	return list
}

func conditions(name, expression string) []admissionregv1.MatchCondition {
	return []admissionregv1.MatchCondition{{Name: name, Expression: expression}}
}

// namedSources are the ConfigMaps and Secrets with one name each. A name that no object can have would only make the
// list longer.
func namedSources(snap *policy.Snapshot) []string {
	var names []string
	for _, ref := range append(snap.Sources(), snap.KubeconfigSecrets()...) {
		if canExist(ref.Namespace, ref.Name) {
			names = append(names, resourceOf(ref.Kind)+"/"+ref.Namespace+"/"+ref.Name)
		}
	}
	return celStrings(names)
}

// openSources are those that a template names, for clusters that are there and those that will be.
func openSources(snap *policy.Snapshot) []string {
	var terms []string
	for _, n := range snap.OpenSources() {
		parts := append([]string{fmt.Sprintf("request.resource.resource == '%s'", resourceOf(n.Kind))},
			append(fits("request.namespace", n.Namespace), fits(written, n.Name)...)...)
		terms = append(terms, "("+strings.Join(parts, " && ")+")")
	}
	return terms
}

func fits(what string, p policy.Pattern) []string {
	if !p.Open {
		return []string{what + " == " + strconv.Quote(p.Prefix)}
	}
	var parts []string
	if p.Prefix != "" {
		parts = append(parts, what+".startsWith("+strconv.Quote(p.Prefix)+")")
	}
	if p.Suffix != "" {
		parts = append(parts, what+".endsWith("+strconv.Quote(p.Suffix)+")", fmt.Sprintf("%s.size() >= %d", what, len(p.Prefix)+len(p.Suffix)))
	}
	return parts
}

func resourceOf(kind string) string { return strings.ToLower(kind) + "s" }
