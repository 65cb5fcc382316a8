package admit

import (
	"slices"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// collectedReads stand for what a support bundle holds of a namespace: its objects, Secrets without their data, and the
// logs of its pods.
//
// Upstream: rancher/support-bundle-kit pkg/manager/collectors/{common,default}.go.
var collectedReads = []policy.Ask{
	{Verb: "list", Resource: "configmaps"},
	{Verb: "list", Resource: "pods"},
	{Verb: "get", Resource: "pods", Subresource: "log"},
}

// collectsWhatIsReadable keeps a support bundle to namespaces that its author may read himself: Harvester collects it
// as itself, and he downloads it.
func collectsWhatIsReadable(q *Question, kind *platformKind, object *platformObject) Verdict {
	if kind.resource != "supportbundles" {
		return Verdict{}
	}
	for field, namespace := range texts(object.Spec, "extraCollectionNamespaces[]") {
		denied := func(ask policy.Ask) bool {
			ask.Namespace = namespace
			return !q.Snapshot.Can(q.Who, &ask)
		}
		if slices.ContainsFunc(collectedReads, denied) {
			return forbid("spec.%s: you may not read configmaps, pods and their logs in namespace %q yourself%s", field, namespace, q.unknownRights())
		}
	}
	return Verdict{}
}
