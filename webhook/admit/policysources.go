package admit

import (
	"maps"
	"reflect"
	"strings"

	admissionregv1 "k8s.io/api/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// policySources guards the ConfigMaps and Secrets that decide about rights without saying so: those that RoleRequests
// name, since access-manager makes roles of what they hold; and those that hold the credentials of clusters and tenants,
// since Sveltos uses whatever stands in them.
//
// It is never told of all ConfigMaps and Secrets: see policysources_narrow.go.
var policySources = Guard{
	Name: "policysources",
	Doc: "Keeps the ConfigMaps and Secrets that RoleRequests name for platform admins, tenants' kubeconfigs for access-manager, " +
		"and kubeconfigs from running programs.",
	Rules:  sourceRules,
	Narrow: narrowSources,
	Checks: []Check{
		{"writer", judgeSource(sourceWriter)},
		{"content", judgeSource(sourceHoldsRoles)},
		{"overlap", judgeSource(sourceIsNotShared)},
		{"escalation", judgeSource(sourceGivesWhatItsWriterHolds)},
		{"credentials", judgeSource(credentialsAreAccessManagers)},
		{"kubeconfig", judgeSource(kubeconfigRunsNothing)},
	},
}

var sourceRules = []admissionregv1.RuleWithOperations{
	alsoOnDelete(onWrite("", "configmaps", admissionregv1.NamespacedScope)),
	alsoOnDelete(onWrite("", "secrets", admissionregv1.NamespacedScope)),
}

// sourceWrite is a write of a ConfigMap or Secret. The object is nil when it is deleted, old when it is new.
type sourceWrite struct {
	ref         policy.Ref
	object, old *policy.Source
}

// judgeSource makes a check of a rule about ConfigMaps and Secrets. A write passes that changes nothing of what counts,
// as one that removes a finalizer; while an object is being deleted it is still read, so that is no exception.
func judgeSource(rule func(*Question, *sourceWrite) Verdict) func(*Question) Verdict {
	return func(q *Question) Verdict {
		w, err := readSource(q)
		switch {
		case err != nil:
			return invalid("", "%v", err)
		case w.object != nil && w.old != nil && sameSource(w.object, w.old) && q.sameOwners():
			return Verdict{}
		}
		return rule(q, w)
	}
}

func readSource(q *Question) (*sourceWrite, error) {
	w := &sourceWrite{ref: policy.Ref{Kind: q.Request.Kind.Kind, Namespace: q.Request.Namespace}}
	if q.deleting() {
		w.old = &policy.Source{} // what it held does not matter any more
		if err := policy.Decode(q.Request.OldObject.Raw, &w.old.Object); err != nil {
			return nil, err
		}
	} else {
		var err error
		if w.object, w.old, err = decode[policy.Source](q); err != nil {
			return nil, err
		}
	}
	for _, o := range []*policy.Source{w.old, w.object} {
		if o != nil {
			// A request to delete a collection, and one with generateName, names no object.
			w.ref.Name = o.Metadata.Name
			o.Kind, o.Metadata.Namespace = w.ref.Kind, w.ref.Namespace
		}
	}
	return w, nil
}

// sameOwners says whether an update leaves it to the same objects to take this one along when they go: with another
// owner, one that is not there, the garbage collector deletes it. Only that and the controllers of Sveltos change owners.
func (q *Question) sameOwners() bool {
	type owned struct {
		Metadata struct {
			OwnerReferences any `json:"ownerReferences"`
		} `json:"metadata"`
	}
	if policy.IsEssential(q.Who) || trusted(q) {
		return true
	}
	object, old, err := decode[owned](q)
	return err == nil && reflect.DeepEqual(object, old)
}

func sameSource(a, b *policy.Source) bool {
	return a.Type == b.Type && maps.Equal(a.Data, b.Data) && maps.Equal(a.StringData, b.StringData) &&
		maps.Equal(roleLabels(a), roleLabels(b))
}

// roleLabelPrefix begins the labels by which Sveltos finds the kubeconfig of a tenant on a cluster, and nothing else.
//
// Upstream: libsveltos lib/roles (role-cluster, role-service-account-name, role-service-account-namespace),
// api/v1beta1 RoleRequestLabel (role-request).
const roleLabelPrefix = "projectsveltos.io/role-"

// roleLabels are the labels of a Secret by which it is found; nil-safe.
func roleLabels(s *policy.Source) map[string]string {
	if s == nil || s.Kind != "Secret" {
		return nil
	}
	found := maps.Clone(s.Metadata.Labels)
	maps.DeleteFunc(found, func(key, _ string) bool { return !strings.HasPrefix(key, roleLabelPrefix) })
	return found
}
