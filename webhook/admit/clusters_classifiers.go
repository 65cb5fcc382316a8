package admit

import (
	"fmt"
	"slices"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// classifier is a Classifier or ManagementClusterClassifier: classifier-manager writes its labels to the clusters that
// it finds.
//
// Upstream: lib.projectsveltos.io, libsveltos api/v1beta1/{classifier,managementclusterclassifier}_types.go.
type classifier struct {
	policy.Object
	Spec struct {
		ClassifierLabels []classifierLabel `json:"classifierLabels"`
	} `json:"spec"`
}

type classifierLabel struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// classifierKeysAreFree keeps classifiers from the labels by which clusters are given away. What a classifier writes
// hangs on what an agent reports from inside a cluster, so whoever rules in a cluster would choose who else does. No
// right of its author makes that safe: a key that a RoleRequest looks at is refused to everybody. A key that only sets
// look at moves no rights, only add-ons, and choosing these is what classifiers are for: platform admins are warned.
func classifierKeysAreFree(q *Question) Verdict {
	if !isClassifier(q) {
		return Verdict{}
	}
	object, old, err := decode[classifier](q)
	switch {
	case err != nil:
		return invalid("", "%v", err)
	case object.Metadata.DeletionTimestamp != nil:
		return Verdict{}
	case old == nil:
		old = &classifier{}
	}
	var all Verdict
	for i, label := range object.Spec.ClassifierLabels {
		v := q.classifierKey(fmt.Sprintf("spec.classifierLabels[%d].key", i), label.Key)
		if v.Refusal != nil && slices.Contains(old.Spec.ClassifierLabels, label) {
			v = warn("%s (not changed by this write)", v.Refusal.Message)
		}
		all.Warnings = append(all.Warnings, v.Warnings...)
		if v.Refusal != nil && all.Refusal == nil {
			all.Refusal = v.Refusal
		}
	}
	return all
}

func (q *Question) classifierKey(field, key string) Verdict {
	looking := q.Snapshot.SelectedBy(key)
	if len(looking) == 0 {
		return Verdict{}
	}
	byRights := slices.IndexFunc(looking, func(s *policy.Selecting) bool { return s.Origin.Kind == "RoleRequest" })
	admin := q.Snapshot.IsPlatformAdmin(q.Who)
	switch {
	case byRights >= 0 && admin:
		return invalid(field, "%s gives clusters by the label %s: with a classifier whoever rules in a cluster would choose who else does",
			looking[byRights].Origin, key)
	case byRights >= 0:
		return invalid(field, "the label %s decides who holds a cluster: no classifier may write it", key)
	case admin:
		return warn("%s: %s selects clusters by the label %s", field, looking[0].Origin, key)
	default:
		return forbid("%s: the label %s decides what is deployed to a cluster: only platform admins may let a classifier write it", field, key)
	}
}
