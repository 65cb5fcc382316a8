package admit

import (
	"slices"

	admissionv1 "k8s.io/api/admission/v1"

	"github.com/bailiwick-dev/bailiwick/api/v1alpha1"
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
	"github.com/bailiwick-dev/bailiwick/policy/selector"
)

// clustersMoveByRight leaves DataCenters to who holds the group for it, and EDIT_CLUSTER_CONFIGURATION on each cluster that
// comes into one or leaves it: roles on the DataCenter hold on its clusters. Platform admins write all of them.
func clustersMoveByRight(q *Question) Verdict {
	d, old, err := sidesOf[policy.DataCenter](q)
	switch {
	case err != nil:
		return invalid("", "%v", err)
	case q.Snapshot.IsPlatformAdmin(q.Who), q.deleting() && policy.IsControlPlane(q.Who):
		return Verdict{}
	case d != nil && isGoing(q, d):
		return Verdict{}
	}
	before, errBefore := clustersOf(old)
	after, errAfter := clustersOf(d)
	switch {
	case errAfter != nil:
		return invalid("spec.clusterSelector", "%v", errAfter)
	case errBefore == nil && d != nil && old != nil && before.String() == after.String():
		return Verdict{}
	}
	name := q.Request.Name
	if old != nil {
		name = old.Metadata.Name
	}
	need := map[admissionv1.Operation]struct {
		group ovirt.ActionGroup
		on    v1alpha1.ObjectReference
	}{
		admissionv1.Create: {ovirt.CreateStoragePool, theSystem},
		admissionv1.Update: {ovirt.EditStoragePoolConfiguration, dataCenterNamed(name)},
		admissionv1.Delete: {ovirt.DeleteStoragePool, dataCenterNamed(name)},
	}[q.Request.Operation]
	if !q.Snapshot.HoldsOn(q.Who, need.group, need.on) {
		return forbid("only who holds %s on %s writes this", need.group, policy.ObjectText(need.on))
	}
	for _, cluster := range slices.Concat(q.Snapshot.ClustersMatching(before), q.Snapshot.ClustersMatching(after)) {
		labels := cluster.Metadata.Labels
		if before.Matches(labels) != after.Matches(labels) && !q.Snapshot.HoldsOn(q.Who, ovirt.EditClusterConfiguration, clusterNamed(cluster)) {
			return forbid("this moves a cluster into the DataCenter or out of it on which you do not hold EDIT_CLUSTER_CONFIGURATION")
		}
	}
	return Verdict{}
}

// clustersOf is the selector of a DataCenter; that of none selects nothing.
func clustersOf(d *policy.DataCenter) (selector.Selector, error) {
	if d == nil {
		return selector.Selector{}, nil
	}
	return selector.FromLabelSelector(&d.Spec.ClusterSelector)
}

func dataCenterNamed(name string) v1alpha1.ObjectReference {
	return v1alpha1.ObjectReference{Kind: v1alpha1.ObjectType(ovirt.DataCenter.String()), Name: name}
}

func clusterNamed(c *policy.Cluster) v1alpha1.ObjectReference {
	return v1alpha1.ObjectReference{Kind: v1alpha1.ObjectType(ovirt.Cluster.String()), Cluster: policy.ClusterRef(c.Ref()).String()}
}
