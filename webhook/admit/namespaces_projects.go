package admit

import (
	"maps"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// judgeNamespace makes a check of a rule about the project that a namespace is in, for writes that change it. Rancher
// writes that of every namespace.
func judgeNamespace(rule func(q *Question, is, was project) Verdict) func(*Question) Verdict {
	judgeIt := judge(func(q *Question, object, old *policy.Namespace) Verdict {
		is, was := projectOf(object), project{}
		if old != nil {
			was = projectOf(old)
		}
		if is == was {
			return Verdict{}
		}
		return rule(q, is, was)
	})
	return func(q *Question) Verdict {
		if q.Request.Resource.Resource != "namespaces" || trusted(q) || policy.IsEssential(q.Who) || q.accountOf(rancherNamespace) {
			return Verdict{}
		}
		return judgeIt(q)
	}
}

// accountOf says whether the user is a ServiceAccount of a namespace.
func (q *Question) accountOf(namespace string) bool {
	sa, ok := policy.ParseServiceAccount(q.Who.Name)
	return ok && sa.Namespace == namespace
}

// project is what a namespace says of the project that it is in.
type project struct {
	annotation string // <cluster>:<name>, which Rancher goes by
	label      string // <name>, by which network policies and others select
}

func projectOf(ns *policy.Namespace) project {
	return project{annotation: ns.ProjectOf(), label: ns.Metadata.Labels[policy.ProjectAnnotation]}
}

// projectName is the second half of <cluster>:<name>. What is not written so is taken for a name.
func projectName(id string) string {
	_, name, ok := strings.Cut(id, ":")
	if !ok {
		return id
	}
	return name
}

// projectsAreHeld asks for the right to manage the namespaces of the project that a namespace leaves and of that which
// it joins: whoever holds a role in a project holds it in the project's namespaces.
//
// Upstream: rancher/webhook pkg/resources/core/v1/namespace/projectannotations.go, which asks only about the latter,
// and not at all when the annotation goes away.
func projectsAreHeld(q *Question, is, was project) Verdict {
	concerned := map[string]string{}
	concern := func(what, before, after string) {
		if before != after {
			concerned[projectName(before)], concerned[projectName(after)] = what, what
		}
	}
	concern("label", was.label, is.label)
	concern("annotation", was.annotation, is.annotation)
	delete(concerned, "") // no project
	for _, name := range slices.Sorted(maps.Keys(concerned)) {
		if !q.Snapshot.Can(q.Who, &policy.Ask{Verb: "manage-namespaces", Group: policy.RancherGroup, Resource: "projects", Name: name}) {
			return forbid("%s %s of a namespace that is in project %q, or will be, takes the right manage-namespaces on that project%s",
				policy.ProjectAnnotation, concerned[name], name, q.unknownRights())
		}
	}
	return Verdict{}
}

// projectIsNamedOnce refuses what names no project, and a label that names another project than the annotation. A
// label that was there before the annotation changed is Rancher's to bring after it.
//
// Upstream: rancher pkg/controllers/managementagent/nslabels, which writes the label.
func projectIsNamedOnce(_ *Question, is, was project) Verdict {
	const annotation, label = "metadata.annotations[" + policy.ProjectAnnotation + "]", "metadata.labels[" + policy.ProjectAnnotation + "]"
	cluster, name, ok := strings.Cut(is.annotation, ":")
	switch {
	case is.annotation != was.annotation && is.annotation != "" && (!ok || cluster == "" || name == "" || strings.Contains(name, ":")):
		return invalid(annotation, "%q names no project: write it as <cluster>:<project>", is.annotation)
	case is.label != was.label && is.label != "" && is.annotation != "" && is.label != projectName(is.annotation):
		return invalid(label, "%q is another project than that of the annotation, %q", is.label, is.annotation)
	}
	return Verdict{}
}
