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
	case p == nil:
		return invalid(field, "Project %q is not known here: name one that is there", b.ProjectName)
	case p.Spec.ClusterName != cluster:
		return invalid(field, "Project %q belongs to another cluster by its spec.clusterName", b.ProjectName)
	case p.Backing() != b.Metadata.Namespace:
		return invalid(field, "bindings of %q do not stand in namespace %s, but in the project's backing namespace", b.ProjectName, b.Metadata.Namespace)
	}
	return Verdict{}
}
