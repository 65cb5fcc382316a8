package admit

import (
	"github.com/bailiwick-dev/bailiwick/policy"
	"github.com/bailiwick-dev/bailiwick/policy/ovirt"
)

// provisioningGroup is the API group of the clusters that Rancher makes.
const provisioningGroup = "provisioning.cattle.io"

// newClustersAreHeld asks who creates a cluster by a role of the hierarchy for the right on every DataCenter that its
// labels put it into, and on System where they put it into none.
//
// Upstream: ovirt-engine AddClusterCommand.
func newClustersAreHeld(q *Question) ([]need, error) {
	object, old, err := q.writes()
	if err != nil || old != nil || isClassifier(q) {
		return nil, err
	}
	labels := map[string]string{}
	fields, _ := child(child(object, "metadata"), "labels").(tree)
	for key := range fields {
		labels[key] = text(fields, key)
	}
	var needs []need
	for _, name := range q.Snapshot.DataCentersMatching(labels) {
		needs = append(needs, need{field: "metadata.labels", group: ovirt.CreateCluster, on: policy.Spot{Type: ovirt.DataCenter, Name: name}})
	}
	if len(needs) == 0 {
		needs = []need{{field: "metadata.labels", group: ovirt.CreateCluster, on: policy.Spot{Type: ovirt.System}}}
	}
	return needs, nil
}
