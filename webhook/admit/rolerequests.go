package admit

import (
	"encoding/json"
	"maps"
	"reflect"
	"strings"

	admissionv1 "k8s.io/api/admission/v1"
	admissionregv1 "k8s.io/api/admissionregistration/v1"

	"github.com/bailiwick-dev/bailiwick/policy"
)

// roleRequests guards what gives tenants their rights.
//
// access-manager does what a RoleRequest says, with the cluster administrator's rights and without asking who wrote it:
// it makes an account on every cluster that matches, writes the roles that the named ConfigMaps and Secrets hold over
// what is there by that name, and binds them to that account. So only platform admins write it, and it is checked for
// what would go wrong in the clusters, where nobody sees it.
var roleRequests = Guard{
	Name: "rolerequests",
	Doc:  "Keeps RoleRequests for platform admins, and refuses those that would give more than meant or do harm in the clusters.",
	Rules: []admissionregv1.RuleWithOperations{
		alsoOnDelete(onWrite(policy.SveltosGroup, "rolerequests", admissionregv1.ClusterScope)),
	},
	Checks: []Check{
		{"writer", roleRequestWriter},
		{"selector", judge(selectorIsMeant)},
		{"account", judge(accountIsClear)},
		{"secretname", judge(secretNameIsFree)},
		{"expiration", judge(expirationIsInBounds)},
		{"annotations", judge(annotationsAreValid)},
		{"rolerefs", judge(roleRefsAreFixed)},
		{"content", judge(contentIsRoles)},
		{"overlap", judge(rolesAreNotShared)},
		{"escalation", judge(givesWhatItsWriterHolds)},
		{"paused", pausedClustersKeepRights},
	},
}

// alsoOnDelete adds deletions to a rule.
func alsoOnDelete(rule admissionregv1.RuleWithOperations) admissionregv1.RuleWithOperations {
	rule.Operations = append(rule.Operations, admissionregv1.Delete)
	return rule
}

func (q *Question) deleting() bool { return q.Request.Operation == admissionv1.Delete }

// roleRequestWriter leaves RoleRequests to platform admins. Others may write what gives no rights: finalizers, labels,
// the annotations that are not ours. Deleting one is for platform admins too: a tenant's profiles are still there then,
// and without his kubeconfig Sveltos deploys them to the management cluster.
//
// Upstream: addon-controller getKubernetesRestConfigForAdmin, with an empty kubeconfig.
func roleRequestWriter(q *Question) Verdict {
	if q.Snapshot.IsPlatformAdmin(q.Who) || q.deleting() && policy.IsEssential(q.Who) {
		return Verdict{}
	}
	const only = "only platform admins may %s RoleRequests"
	if q.deleting() {
		return forbid(only, "delete")
	}
	rr, _, err := decode[policy.RoleRequest](q)
	switch {
	case err != nil:
		return invalid("", "%v", err)
	case rr.Metadata.DeletionTimestamp != nil, q.updating() && q.sameOwners() && sameRights(q.Request.Object.Raw, q.Request.OldObject.Raw):
		return Verdict{}
	}
	return forbid(only, "write")
}

// sameRights compares what gives rights: the spec, and the annotations that are ours.
func sameRights(a, b []byte) bool {
	type rights struct {
		Metadata struct {
			Annotations map[string]string `json:"annotations"`
		} `json:"metadata"`
		Spec any `json:"spec"`
	}
	var sides [2]rights
	for i, raw := range [][]byte{a, b} {
		if json.Unmarshal(raw, &sides[i]) != nil {
			return false
		}
		maps.DeleteFunc(sides[i].Metadata.Annotations, func(key, _ string) bool { return !strings.HasPrefix(key, annotationPrefix) })
	}
	return maps.Equal(sides[0].Metadata.Annotations, sides[1].Metadata.Annotations) && reflect.DeepEqual(sides[0].Spec, sides[1].Spec)
}

const annotationPrefix = "bailiwick.dev/"

// unchangedNote ends what is only said of something that stood there before.
const unchangedNote = " (not changed by this write)"

// unless is a refusal, or a warning about what this write leaves as it was.
func unless(unchanged bool, refusal Verdict) Verdict {
	if !unchanged || refusal.Refusal == nil {
		return refusal
	}
	return Verdict{Warnings: append(refusal.Warnings, refusal.Refusal.Message+unchangedNote)}
}
