package admit

// platformIsAtHome keeps what Harvester puts into one namespace out of all others, where its controllers act on it all
// the same, and nobody who watches the cluster looks.
func platformIsAtHome(q *Question, kind *platformKind, _ *platformObject) Verdict {
	if kind.home == "" || q.Request.Namespace == kind.home {
		return Verdict{}
	}
	return invalid("metadata.namespace", "%s belong in %s, not in %s", kind.resource, kind.home, q.Request.Namespace)
}
