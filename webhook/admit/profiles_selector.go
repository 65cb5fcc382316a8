package admit

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/selector"
)

// selectorsBeyond keeps a tenant's selectors inside what his RoleRequests give him together: of every cluster that one
// can match, labelled as it may be, now or later, some RoleRequest of his has to match it too. That holds for the
// clusters that are still to come, and refuses what only excludes ("not in production" matches every new cluster).
//
// A refusal shows labels that the selector would match and no grant covers. When to find that out takes too much work,
// the selector is refused without.
//
// Upstream: libsveltos lib/clusterproxy GetMatchingClusters looks at labels only, in all namespaces.
func selectorsBeyond(w *profileWrite, object tree) []finding {
	var found []finding
	for _, path := range w.kind.selectors {
		for where, value := range each(object, path) {
			s := readSelector(value)
			switch {
			case s.Err != nil:
				found = append(found, finding{path: where, message: s.Err.Error(), invalid: true})
			case s.Nothing() && !w.reachesOtherwise(object):
				found = append(found, finding{path: where, message: "matches no cluster", harmless: true})
			default:
				found = append(found, w.beyond(where, s.Selector)...)
			}
		}
	}
	return found
}

func readSelector(value any) policy.ClusterSelector {
	var s policy.ClusterSelector
	raw, err := json.Marshal(value)
	if err == nil {
		err = s.UnmarshalJSON(raw)
	}
	if err != nil {
		return policy.ClusterSelector{Err: err}
	}
	return s
}

func (w *profileWrite) beyond(where string, s selector.Selector) []finding {
	result := w.tenant.Contains(s)
	switch result.Verdict {
	case selector.Inside:
		return nil
	case selector.NotContained:
		return []finding{{path: where, message: fmt.Sprintf("%q reaches beyond %s: a cluster %s would match; %s cover %s only",
			s, w.your("clusters"), labelled(result.Witness), w.your("grants"), w.grants())}}
	default: // TooComplex, and whatever else may come
		return []finding{{path: where, tooComplex: true, message: fmt.Sprintf(
			"%q is too complex to be compared with %s: write one that lies inside a single one of them", s, w.your("grants"))}}
	}
}

// labelled says in words how a cluster is labelled.
func labelled(set map[string]string) string {
	if len(set) == 0 {
		return "without labels"
	}
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(set)) {
		parts = append(parts, key+"="+set[key])
	}
	return "labelled " + strings.Join(parts, ",")
}

// shown bounds how many of many things a message lists.
const shown = 5

// grants are the tenant's selectors in words: "org=foo.io or env in (internal,test)".
func (w *profileWrite) grants() string {
	var parts []string
	for _, granted := range w.tenant.Requests {
		if s := granted.Selector.String(); !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	if rest := len(parts) - shown; rest > 0 {
		parts = append(parts[:shown], fmt.Sprintf("%d more", rest))
	}
	return strings.Join(parts, " or ")
}

// reachesOtherwise says whether clusters or sets are named, so that an empty selector is no oversight.
func (w *profileWrite) reachesOtherwise(object tree) bool {
	for _, path := range append([]string{w.kind.sets}, w.kind.clusters...) {
		for range each(object, path) {
			return true
		}
	}
	return false
}
