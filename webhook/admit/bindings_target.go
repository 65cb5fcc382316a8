package admit

import (
	"strings"
)

// standsWhereItBinds refuses a binding that stands elsewhere than where those of its cluster or project stand: there
// others may write bindings. That the cluster exists needs no check, since its namespace does.
func standsWhereItBinds(q *Question, b, old *binding) Verdict {
	same := old != nil && b.Target() == old.Target()
	switch {
	case b.global():
		return Verdict{}
	case b.inProject():
		return unless(same, q.standsInProject(b))
	case b.ClusterName == "":
		return unless(same, invalid("clusterName", "is required"))
	case b.ClusterName != b.Metadata.Namespace:
		return unless(same, invalid("clusterName", "%q is not the namespace: bindings of a cluster stand in the namespace of its id", b.ClusterName))
	}
	return Verdict{}
}

func (q *Question) standsInProject(b *binding) Verdict {
	const field = "projectName"
	cluster, name, ok := strings.Cut(b.ProjectName, ":")
	if !ok || cluster == "" || name == "" || strings.Contains(name, ":") {
		return invalid(field, "%q names no project: write it as <cluster>:<project>", b.ProjectName)
	}
	switch p := q.Snapshot.Project(b.ProjectName); {
	case p == nil, p.Backing() != b.Metadata.Namespace: // one answer, since who may not see a project must not learn that it is there
		return invalid(field, "no Project %q is known here whose bindings stand in namespace %s: write them into the project's backing namespace", b.ProjectName, b.Metadata.Namespace)
	case p.Spec.ClusterName != cluster:
		return invalid(field, "Project %q belongs to another cluster by its spec.clusterName", b.ProjectName)
	}
	return Verdict{}
}
